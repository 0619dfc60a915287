/** Sets the chosen theme on <html> before the first paint; loaded as a classic script in the head. */
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset["theme"] = theme;
} catch {
  // Storage may be blocked by policy: the page then keeps its light theme.
}
