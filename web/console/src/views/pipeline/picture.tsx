import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Table2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Chip } from "../../components/chip";
import { Section } from "../../components/section";
import { vendorName } from "../../format/words";
import { missing, outdated } from "./completeness";
import type { Progress } from "./walk";
import styles from "./picture.module.css";

interface PictureProps {
  title: string;
  progress: Progress;
  picture: ReactNode;
  /** The same numbers. */
  table: ReactNode;
}

/** A picture or, behind a button, its numbers in a table. Says of itself when it is made of less than everything. */
export function Picture({ title, progress, picture, table }: PictureProps) {
  const [isTable, { toggle }] = useDisclosure(false);
  const body = useId();
  return (
    <Section
      title={progress.phase === "reading" ? `${title}, so far` : title}
      aside={
        <Button
          variant={isTable ? "default" : "subtle"}
          size="compact-xs"
          leftSection={<Table2 size={13} aria-hidden />}
          aria-pressed={isTable}
          aria-controls={body}
          aria-label={`${title} as a table`}
          onClick={toggle}
        >
          Table
        </Button>
      }
    >
      <Caveats progress={progress} />
      <div id={body} className={styles.body}>
        {isTable ? table : picture}
      </div>
    </Section>
  );
}

function Caveats({ progress }: { progress: Progress }) {
  const lacking = missing(progress.sources);
  const old = outdated(progress.sources);
  const isCut = ["stopped", "bounded", "failed"].includes(progress.phase);
  if (!isCut && lacking.length + old.length === 0) return null;
  return (
    <p className={styles.caveats}>
      {isCut && <Chip tone="warn">Not all read</Chip>}
      {lacking.length > 0 && <Chip tone="bad">Incomplete: {lacking.map(vendorName).join(", ")}</Chip>}
      {old.length > 0 && <Chip tone="warn">Older rows: {old.map(vendorName).join(", ")}</Chip>}
    </p>
  );
}
