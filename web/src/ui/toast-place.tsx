import { Toast } from "@base-ui/react/toast";
import { t } from "@lingui/core/macro";
import { X } from "lucide-react";
import { useEffect } from "react";

import { IconButton } from "./button";
import { listen, type Told } from "./toast";

const manager = Toast.createToastManager();

function show({ title, detail, undo, again, stays, refused }: Told): void {
  const act = undo ?? again;
  const id: string = manager.add({
    title,
    description: detail,
    timeout: stays,
    ...(refused ? { type: "refused" } : {}),
    ...(act === undefined
      ? {}
      : {
          actionProps: {
            children: undo === undefined ? t`Try again` : t`Undo`,
            onClick: () => {
              act();
              manager.close(id);
            },
          },
        }),
  });
}

function Toasts() {
  const { toasts } = Toast.useToastManager();
  // The provider hears its manager from its own effect on, which runs after this one of a child.
  useEffect(() => {
    let stop: (() => void) | undefined;
    const later = setTimeout(() => (stop = listen(show)));
    return () => {
      clearTimeout(later);
      stop?.();
    };
  }, []);
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      data-toast
      className="rise-in flex w-full items-start gap-13 rounded-8 border border-line bg-paper p-13 shadow-float data-[type=refused]:border-bad"
    >
      <Toast.Content className="min-w-0 flex-1">
        <Toast.Title className="text-12 font-medium" />
        <Toast.Description className="label break-words" />
      </Toast.Content>
      <Toast.Action className="text-12 font-medium text-link underline underline-offset-2" />
      <Toast.Close render={<IconButton label={t`Dismiss`} className="-m-8" />}>
        <X size={13} aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ));
}

export default function ToastPlace() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="toast-place fixed inset-x-13 bottom-13 z-50 flex flex-col gap-8 sm:left-auto sm:w-[360px]">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
