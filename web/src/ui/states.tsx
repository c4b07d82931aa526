import { Trans } from "@lingui/react/macro";
import { ArrowLeft, LockKeyhole, RotateCw, Unplug } from "lucide-react";
import type { ReactNode } from "react";

import { asProblem } from "@/kernel/problem";

import { Button } from "./button";
import { CopyId } from "./copy-id";
import { CubePattern } from "./cube";

interface FrameProps {
  icon?: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  role?: "alert" | "note";
  /** It is all there is of the page: its title is the page's. */
  whole?: boolean;
}

function Frame({ icon, title, children, action, role, whole = false }: FrameProps) {
  const Title = whole ? "h1" : "h2";
  return (
    <section role={role} className="mx-auto flex max-w-377 flex-col items-center gap-13 px-13 py-55 text-center">
      {icon}
      <Title className="text-16 font-semibold">{title}</Title>
      {children !== undefined && <div className="text-16 text-pretty text-muted">{children}</div>}
      {action}
    </section>
  );
}

/** Nothing here yet: says what would be here and holds the first step. */
export function EmptyState({ children, ...rest }: Omit<FrameProps, "icon" | "role">) {
  return (
    <Frame icon={<CubePattern className="size-144 text-line-strong" />} {...rest}>
      {children}
    </Frame>
  );
}

/** What went wrong, in the server's words; a refusal for want of a permission gets its own state. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = asProblem(error);
  if (problem.forbidden) return <NoPermission detail={problem.said} permission={problem.permission} />;
  return (
    <Frame
      role="alert"
      icon={<Unplug size={34} strokeWidth={1.3} aria-hidden className="text-muted" />}
      title={problem.message}
      action={
        problem.namesNothing ? (
          <Button onClick={() => window.history.back()} icon={<ArrowLeft size={13} aria-hidden />}>
            <Trans>Back</Trans>
          </Button>
        ) : onRetry !== undefined && (
          <Button onClick={onRetry} icon={<RotateCw size={13} aria-hidden />}>
            <Trans>Try again</Trans>
          </Button>
        )
      }
    >
      {problem.detail !== null && problem.detail !== problem.message && <p>{problem.detail}</p>}
      {problem.namesNothing && (
        <p>
          <Trans>It may have been removed, or it belongs to another organisation.</Trans>
        </p>
      )}
      <RequestId error={error} />
    </Frame>
  );
}

/** What whoever helps needs to find the refusal in the log. */
export function RequestId({ error }: { error: unknown }) {
  const { requestId } = asProblem(error);
  if (requestId === null) return null;
  return (
    <p className="label mt-8">
      <Trans>
        Request <CopyId value={requestId} full />
      </Trans>
    </p>
  );
}

interface NoPermissionProps extends Pick<FrameProps, "whole"> {
  detail: string;
  permission: string | null;
}

export function NoPermission({ detail, permission, ...rest }: NoPermissionProps) {
  return (
    <Frame
      {...rest}
      role="note"
      icon={<LockKeyhole size={34} strokeWidth={1.3} aria-hidden className="text-muted" />}
      title={<Trans>You may not see this</Trans>}
    >
      <p>{detail}</p>
      {permission !== null && (
        <>
          <p className="label mt-8">
            <Trans>
              Missing permission: <code className="font-mono text-ink">{permission}</code>
            </Trans>
          </p>
          <p className="label mt-8">
            <Trans>Somebody who manages members of this organisation can grant it.</Trans>
          </p>
        </>
      )}
    </Frame>
  );
}
