import { Checkbox, type InputWrapperProps, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useEffect } from "react";
import type { Check } from "./checks";
import { fieldId, useFormState } from "./form";
import { valueAt } from "./values";
import styles from "./form.module.css";

/** Hints stand below, so that fields beside each other are on one line. */
export const ORDER: InputWrapperProps["inputWrapperOrder"] = ["label", "input", "description", "error"];

export interface FieldProps {
  /** Where its value is in the input. */
  path: string;
  label: string;
  hint?: string;
  isRequired?: boolean;
  check?: Check;
  /** Over both columns. */
  isWide?: boolean;
}

/** What a field has of the form around it. */
export function useField({ path, label, isRequired, check }: FieldProps) {
  const form = useFormState();
  const value = valueAt(form.values, path);
  const text = typeof value === "string" ? value : "";

  const find = () => {
    const isEmpty = value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (isRequired && (isEmpty || (typeof value === "string" && !text.trim()))) return "Needed.";
    return check?.(text.trim()) ?? null;
  };

  // Without dependencies: the check is one of this rendering's value.
  useEffect(() => {
    form.fields.set(path, { label, check: find });
    return () => void form.fields.delete(path);
  });

  return {
    id: fieldId(form.id, path),
    value,
    text,
    set: (next: unknown) => form.set(path, next),
    error: form.problems.find((problem) => problem.path === path)?.message,
  };
}

interface TextFieldProps extends FieldProps {
  type?: "text" | "email" | "tel" | "date";
  placeholder?: string;
  inputMode?: "decimal";
}

/** One line of text. */
export function TextField({ type = "text", placeholder, inputMode, ...props }: TextFieldProps) {
  const { id, text, set, error } = useField(props);
  return (
    <TextInput
      id={id}
      className={props.isWide ? styles.wide : undefined}
      type={type}
      label={props.label}
      description={props.hint}
      inputWrapperOrder={ORDER}
      placeholder={placeholder}
      inputMode={inputMode}
      required={props.isRequired}
      value={text}
      error={error}
      // It is about other people, whom the browser does not know.
      autoComplete="off"
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/** A day, where the input wants a moment: midnight UTC, as Partner Center itself has it. */
export function DayField(props: FieldProps) {
  const { id, text, set, error } = useField(props);
  return (
    <TextInput
      id={id}
      type="date"
      label={props.label}
      description={props.hint}
      inputWrapperOrder={ORDER}
      required={props.isRequired}
      value={text.slice(0, 10)}
      error={error}
      onChange={(event) => set(event.currentTarget.value && `${event.currentTarget.value}T00:00:00Z`)}
    />
  );
}

/** Some lines of text. */
export function AreaField(props: FieldProps) {
  const { id, text, set, error } = useField(props);
  return (
    <Textarea
      id={id}
      className={styles.wide}
      label={props.label}
      description={props.hint}
      inputWrapperOrder={ORDER}
      required={props.isRequired}
      value={text}
      error={error}
      autosize
      minRows={2}
      maxRows={10}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

interface ChoiceFieldProps extends FieldProps {
  choices: readonly { value: string; label: string }[];
  /** The choice of nothing; without it something must be chosen. */
  none?: string;
  /** Numbers are sent as numbers. */
  isNumber?: boolean;
  onChange?: () => void;
}

/** One of a few. */
export function ChoiceField({ choices, none = "Choose…", isNumber, onChange, ...props }: ChoiceFieldProps) {
  const { id, value, set, error } = useField(props);
  return (
    <NativeSelect
      id={id}
      className={props.isWide ? styles.wide : undefined}
      label={props.label}
      description={props.hint}
      inputWrapperOrder={ORDER}
      required={props.isRequired}
      value={value === undefined ? "" : String(value)}
      error={error}
      // Where something must be chosen and is, nothing is no choice any more.
      data={props.isRequired && value ? [...choices] : [{ value: "", label: none }, ...choices]}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        set(chosen && isNumber ? Number(chosen) : chosen);
        onChange?.();
      }}
    />
  );
}

/** Yes or no; no until it is ticked. */
export function CheckField(props: FieldProps) {
  const { id, value, set, error } = useField(props);
  return (
    <Checkbox
      id={id}
      className={styles.wide}
      label={props.label}
      description={props.hint}
      checked={value === true}
      error={error}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}
