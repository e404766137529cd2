import { Button } from "@mantine/core";
import type { ComponentProps } from "react";
import { Form } from "../../components/form/form";
import { Failed } from "../../components/notice";
import { Outcome } from "./outcome";
import { end, useOneFollowed } from "./store";
import type { useWrite } from "./use-write";

interface WriteFormProps extends Omit<ComponentProps<typeof Form>, "isBusy"> {
  /** What sends it. */
  write: Pick<ReturnType<typeof useWrite>, "phase" | "isBusy" | "sendAgain" | "reset">;
  /** The reader has seen what came of a write that was followed. */
  onDismiss?: () => void;
}

/** A form, and in its place what became of it while that is not known: it cannot be sent a second time meanwhile. */
export function WriteForm({ write, onDismiss, form, ...rest }: WriteFormProps) {
  const { phase } = write;
  const followed = useOneFollowed(phase.is === "followed" ? phase.key : null);

  const dismiss = () => {
    form.reset();
    write.reset();
    onDismiss?.();
  };

  if (followed) {
    const sendAgain = () => {
      end(followed.key);
      write.sendAgain();
    };
    const again = (
      <Button size="compact-sm" onClick={sendAgain}>
        Send again
      </Button>
    );
    return <Outcome one={followed} action={followed.state === "ABSENT" && again} onDismiss={dismiss} />;
  }
  return (
    <>
      {phase.is === "failed" && (
        // What is in the form by now, which may have been changed since.
        <Failed error={phase.error} onRetry={() => form.element.current?.requestSubmit()} />
      )}
      <Form form={form} isBusy={write.isBusy} {...rest} />
    </>
  );
}
