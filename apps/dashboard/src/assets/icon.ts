/** Rows in good order: what browsers show beside the title. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="3" fill="#1f4fbf"/>
<path d="M3 4.5h10M3 8h10M3 11.5h6" stroke="#fff" stroke-width="2"/>
</svg>
`
