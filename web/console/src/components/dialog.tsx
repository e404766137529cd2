import { Modal } from "@mantine/core";
import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import styles from "./dialog.module.css";

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  size?: "md" | "lg" | "xl";
  children: ReactNode;
}

/** A dialog. After it the focus is where it was before, or at the page's heading when that is gone. */
export function Dialog({ isOpen, onClose, title, size = "md", children }: DialogProps) {
  const before = useRef<Element | null>(null);
  const isOwed = useRef(false);
  useLayoutEffect(() => {
    if (!isOpen) return;
    before.current = document.activeElement;
    isOwed.current = true;
  }, [isOpen]);

  const giveBack = () => {
    if (!isOwed.current) return;
    isOwed.current = false;
    const was = before.current;
    const isThere = was instanceof HTMLElement && was.isConnected && was !== document.body;
    (isThere ? was : document.querySelector<HTMLElement>("h1"))?.focus();
  };

  // Also when what it was about is gone, and the dialog with it.
  useEffect(() => giveBack, []);

  return (
    <Modal.Root opened={isOpen} onClose={onClose} onExitTransitionEnd={giveBack} size={size} returnFocus={false}>
      <Modal.Overlay />
      <Modal.Content>
        {/* Mantine's own is a header of the page to screen readers. */}
        <div className={styles.head}>
          <Modal.Title className={styles.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
