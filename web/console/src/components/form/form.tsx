import { Button } from "@mantine/core";
import { createContext, type FormEvent, type ReactNode, type RefObject, useContext, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { UserErrorPartsFragment } from "../../graphql/generated/graphql";
import { type Values, withValue } from "./values";
import styles from "./form.module.css";

/** What keeps a form from being sent. */
export interface Problem {
  /** A field's path; empty for what is wrong with the whole. */
  path: string;
  message: string;
}

interface Field {
  label: string;
  /** What is wrong with the field's value, as far as that can be told here. */
  check: () => string | null;
}

export interface FormState {
  id: string;
  element: RefObject<HTMLFormElement | null>;
  values: Values;
  problems: readonly Problem[];
  fields: Map<string, Field>;
  set: (path: string, value: unknown) => void;
  /** Shows these problems, and puts the focus on the first field that has one. */
  refuse: (problems: readonly Problem[]) => void;
  /** Back to the beginning. */
  reset: () => void;
}

const Context = createContext<FormState | null>(null);

export function useFormState(): FormState {
  const form = useContext(Context);
  if (!form) throw new Error("a field needs a form around it");
  return form;
}

export function useForm(initial: Values = {}): FormState {
  const id = useId();
  const element = useRef<HTMLFormElement>(null);
  const fields = useRef(new Map<string, Field>()).current;
  const [values, setValues] = useState(initial);
  const [problems, setProblems] = useState<readonly Problem[]>([]);

  const set = (path: string, value: unknown) => {
    setValues((before) => withValue(before, path, value));
    // What is below the path is gone or another one by now.
    const isAbout = (problem: Problem) => problem.path === path || problem.path.startsWith(`${path}.`);
    setProblems((before) => (before.some(isAbout) ? before.filter((problem) => !isAbout(problem)) : before));
  };

  const refuse = (found: readonly Problem[]) => {
    const placed = found.map((problem) => ({ ...problem, path: fieldOf(problem.path, fields) }));
    // The fields must be enabled again and say what is wrong before one of them gets the focus.
    flushSync(() => setProblems(placed));
    reach(firstOf(id, placed));
  };

  const reset = () => {
    setValues(initial);
    setProblems([]);
  };

  return { id, element, values, problems, fields, set, refuse, reset };
}

/** Something may be wrong with a part of what a field holds, such as one of several people. */
function fieldOf(path: string, fields: ReadonlyMap<string, Field>): string {
  const parts = path.split(".");
  while (parts.length > 0 && !fields.has(parts.join("."))) parts.pop();
  return parts.join(".");
}

export const fieldId = (form: string, path: string) => `${form}-${path.replaceAll(".", "-")}`;

/** Puts the focus there, also where it is folded away. */
function reach(element: HTMLElement | null) {
  const folded = element?.closest("details");
  if (folded) folded.open = true;
  element?.focus();
}

function firstOf(form: string, problems: readonly Problem[]): HTMLElement | null {
  const elements = problems
    .filter(({ path }) => path)
    .map(({ path }) => document.getElementById(fieldId(form, path)))
    .filter((element) => element !== null);
  elements.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  return elements[0] ?? document.getElementById(`${form}-problems`);
}

/** `["input", "referral", "plannr", "note"]` below `input.referral.plannr` is the field `note`. */
export function problemsBelow(errors: readonly UserErrorPartsFragment[], prefix: string): Problem[] {
  return errors.map(({ message, path }) => {
    const whole = path?.join(".") ?? "";
    return { message, path: whole.startsWith(`${prefix}.`) ? whole.slice(prefix.length + 1) : "" };
  });
}

interface FormProps {
  form: FormState;
  /** What it is for, read out with it. */
  label: string;
  submit: string;
  isBusy: boolean;
  onSubmit: () => void;
  /** Beside the button. */
  aside?: ReactNode;
  isDangerous?: boolean;
  /** Among other things, and not what the page is about. */
  isSmall?: boolean;
  children: ReactNode;
}

/** A form whose fields tell what is wrong with them, after a summary of all that is. */
export function Form({ form, label, submit, isBusy, onSubmit, aside, isDangerous, isSmall, children }: FormProps) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (isBusy) return;
    const found = [...form.fields].flatMap(([path, field]) => {
      const message = field.check();
      return message ? [{ path, message }] : [];
    });
    form.refuse(found);
    if (found.length === 0) onSubmit();
  };

  return (
    <Context value={form}>
      <form ref={form.element} className={styles.form} aria-label={label} noValidate onSubmit={send}>
        <Summary form={form} />
        {children}
        <div className={styles.end}>
          <Button
            type="submit"
            loading={isBusy}
            color={isDangerous ? "red.9" : undefined}
            size={isSmall ? "xs" : "sm"}
            variant={isSmall ? "default" : "filled"}
          >
            {submit}
          </Button>
          {aside}
        </div>
      </form>
    </Context>
  );
}

function Summary({ form }: { form: FormState }) {
  const { problems } = form;
  return (
    <div role="alert" id={`${form.id}-problems`} tabIndex={-1} className={styles.summary} hidden={problems.length === 0}>
      {problems.length > 0 && (
        <>
          <p className={styles.summaryTitle}>
            {problems.length === 1 ? "One thing keeps this from being sent" : `${problems.length} things keep this from being sent`}
          </p>
          <ul className={styles.summaryList}>
            {problems.map(({ path, message }, at) => (
              <li key={at}>
                <ProblemLine form={form} path={path} message={message} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function ProblemLine({ form, path, message }: { form: FormState } & Problem) {
  const field = form.fields.get(path);
  if (!field) return message;
  return (
    <>
      <button
        type="button"
        className={styles.jump}
        onClick={() => reach(document.getElementById(fieldId(form.id, path)))}
      >
        {field.label}
      </button>
      : {message}
    </>
  );
}
