import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { ImageUp } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { postFile } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";

import { Picture } from "../picture";
import type { CampaignValues } from "./form-schema";
import { whyLocked, type Locked } from "./locked-fields";

const kinds = ["image/jpeg", "image/png", "image/webp"];
const most = 5 * 1_048_576;
const kept = "/api/v1/public/campaign-pictures/";

/** A picture chosen here, until the form is saved: nobody else can look at it before. */
interface Chosen {
  name: string;
  look: string;
}

/** The main picture: a file uploaded here, or the address of one; looked at before it is saved. */
export function PictureField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const why = whyLocked(locked, "picture_url");
  const [address, fileId, product] = useWatch({ control: form.control, name: ["picture_url", "picture_file_id", "product_name"] });
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (chosen === null) return undefined;
    return () => URL.revokeObjectURL(chosen.look);
  }, [chosen]);

  const refuse = (message: string) => form.setError("picture_url", { type: "file", message });
  const put = (file_id: string, url: string) => {
    form.setValue("picture_file_id", file_id, { shouldDirty: true });
    if (url !== address) form.setValue("picture_url", url, { shouldDirty: true });
    form.clearErrors("picture_url");
  };
  const upload = async (file: File) => {
    if (!kinds.includes(file.type) || file.size > most) {
      refuse(file.size > most ? t`The picture is larger than 5 MB` : t`Choose a JPEG, PNG or WebP picture`);
      return;
    }
    setBusy(true);
    try {
      const stored = await postFile<{ id: string }>("/files", file, { purpose: "campaign_picture", name: file.name });
      setChosen({ name: file.name, look: URL.createObjectURL(file) });
      put(stored.id, address);
    } catch (error) {
      refuse(asProblem(error).said);
    } finally {
      setBusy(false);
    }
  };
  const isFile = fileId !== "" || address.startsWith(kept);
  const shared = { label: t`Main picture`, needed: true, error: form.formState.errors.picture_url?.message };
  return (
    <div className="flex flex-col gap-13 sm:flex-row">
      <Picture
        src={fileId === "" ? address : (chosen?.look ?? null)}
        name={product === "" ? t`No picture yet` : product}
        className="w-full rounded-5 border border-line sm:w-144 sm:self-start"
      />
      <div className="flex min-w-0 flex-1 flex-col gap-8">
        {isFile ? (
          <TextField {...shared} key="file" readOnly value={fileId === "" ? t`Uploaded picture` : (chosen?.name ?? "")} hint={why ?? t`Everybody can look at it once the campaign is saved.`} />
        ) : (
          <TextField
            {...shared}
            key="address"
            {...(why === undefined ? {} : { readOnly: true })}
            hint={why ?? t`Upload one (JPEG, PNG or WebP, at most 5 MB), or give an address that begins with https://`}
            {...form.register("picture_url")}
          />
        )}
        {why === undefined && (
          <div className="flex flex-wrap gap-8">
            <input
              ref={input}
              type="file"
              hidden
              aria-label={t`Picture to upload`}
              accept={kinds.join(",")}
              onChange={({ target }) => {
                const file = target.files?.[0];
                target.value = "";
                if (file !== undefined) void upload(file);
              }}
            />
            <Button busy={busy} icon={<ImageUp size={13} aria-hidden />} onClick={() => input.current?.click()}>
              {isFile ? <Trans>Choose another picture</Trans> : <Trans>Upload a picture</Trans>}
            </Button>
            {isFile && (
              <Button tone="quiet" onClick={() => put("", fileId === "" ? "" : address)}>
                <Trans>Take it away</Trans>
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
