/** The theme: that of the system until the person chooses one, which the browser keeps. */
const KEY = 'hyperfleet.theme'
const DARK = 'pf-v6-theme-dark'

export const isDark = () => document.documentElement.classList.contains(DARK)

/** Shows the page as the person has chosen, else as the system is set. */
export function applyTheme() {
  const chosen = localStorage.getItem(KEY)
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  document.documentElement.classList.toggle(DARK, dark)
}

/** Keeps the choice, and shows it. */
export function chooseTheme(dark: boolean) {
  localStorage.setItem(KEY, dark ? 'dark' : 'light')
  applyTheme()
}
