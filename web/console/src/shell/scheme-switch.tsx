import { ActionIcon, useMantineColorScheme } from "@mantine/core";
import { Monitor, Moon, Sun } from "lucide-react";

const SCHEMES = { auto: "light", light: "dark", dark: "auto" } as const;
const SCHEME_NAMES = { auto: "as the system has it", light: "light", dark: "dark" };

/** Light, dark, or as the system has it; kept in this browser. */
export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = { auto: Monitor, light: Sun, dark: Moon }[colorScheme];
  const label = `Colours: ${SCHEME_NAMES[colorScheme]}. Change to ${SCHEME_NAMES[SCHEMES[colorScheme]]}.`;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(SCHEMES[colorScheme])}
    >
      <Icon size={16} aria-hidden />
    </ActionIcon>
  );
}
