import { MantineProvider } from "@mantine/core";
import { Provider as ClientProvider } from "urql";
import { useClient } from "./graphql/session";
import { Routes } from "./routes";
import { Shell } from "./shell/shell";
import { theme } from "./theme/theme";

export function App() {
  const client = useClient();
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ClientProvider value={client}>
        <Shell>
          <Routes />
        </Shell>
      </ClientProvider>
    </MantineProvider>
  );
}
