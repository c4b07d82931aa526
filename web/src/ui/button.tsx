import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

export type ButtonTone = "primary" | "plain" | "quiet" | "danger";
export type ButtonSize = "dense" | "normal";

const tones: Record<ButtonTone, string> = {
  primary: "bg-primary text-on-primary hover:bg-primary-strong border-transparent font-medium",
  plain: "bg-paper text-ink border-line hover:border-line-strong",
  quiet: "bg-transparent text-ink border-transparent hover:bg-sunken",
  danger: "bg-paper text-bad border-line hover:border-bad",
};

const sizes: Record<ButtonSize, string> = {
  dense: "h-34 px-13 text-12 rounded-5 pointer-coarse:h-44",
  normal: "h-44 px-21 text-16 rounded-5",
};

/** The look of a button, for links that act as one. */
export function buttonClass(tone: ButtonTone = "plain", size: ButtonSize = "dense"): string {
  return clsx(
    "inline-flex items-center justify-center gap-8 border whitespace-nowrap select-none",
    "transition-colors disabled:opacity-55 disabled:cursor-not-allowed aria-disabled:opacity-55",
    tones[tone],
    sizes[size],
  );
}

interface ButtonProps extends ComponentProps<"button"> {
  tone?: ButtonTone;
  size?: ButtonSize;
  icon?: ReactNode;
  /** Shown at the right edge: the one key that does the same. */
  shortcut?: string;
  busy?: boolean;
}

export function Button({ tone, size, icon, shortcut, busy, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy}
      disabled={rest.disabled === true || busy === true}
      className={clsx(buttonClass(tone, size), className)}
    >
      {icon}
      {children}
      {shortcut !== undefined && <Key>{shortcut}</Key>}
    </button>
  );
}

export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="hidden rounded-3 border border-current/40 px-3 font-mono text-10 md:inline">
      {children}
    </kbd>
  );
}

interface IconButtonProps extends ComponentProps<"button"> {
  label: string;
}

export function IconButton({ label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={clsx(
        "inline-flex size-34 shrink-0 pointer-coarse:size-44 items-center justify-center rounded-5 text-muted hover:bg-sunken hover:text-ink",
        className,
      )}
    />
  );
}
