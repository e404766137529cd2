import { Component, type ReactNode } from "react";
import { Button } from "@mantine/core";
import { Empty } from "./notice";

/** What is left of a view that broke: mostly because a script of it is gone after an update of the gateway. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <div role="alert">
        <Empty
          title="This page broke"
          action={
            <Button variant="default" size="xs" onClick={() => location.reload()}>
              Reload
            </Button>
          }
        >
          The gateway may have been updated meanwhile. Reloading loses nothing that was sent.
        </Empty>
      </div>
    );
  }
}
