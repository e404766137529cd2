import { createTheme } from "@mantine/core";

/** One accent, indigo; system fonts; small steps between sizes, since most of the console is tables and lists. */
export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  colors: {
    // Cooler than Mantine's own, to go with the surfaces of tokens.css.
    dark: [
      "#e3e6ea",
      "#c1c8d0",
      "#a2abb5",
      "#6c757f",
      "#3c424a",
      "#32373e",
      "#22262b",
      "#1a1d21",
      "#131518",
      "#0e1012",
    ],
  },
  defaultRadius: "sm",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.4" },
      h2: { fontSize: "0.9375rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  cursorType: "pointer",
});
