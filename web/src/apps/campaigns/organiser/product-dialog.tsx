import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch, post } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { ProductItem } from "./product-types";
import { fromSpecification, toSpecification } from "./specification";

/** Each line of the specification is "label: value". */
export function ProductDialog({ product, onClose }: { product: ProductItem | null; onClose: () => void }) {
  const [typed, setTyped] = useState({
    sku: product?.sku ?? "",
    name: product?.name ?? "",
    description: product?.description ?? "",
    specification: fromSpecification(product?.specification ?? {}),
  });
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const specification = toSpecification(typed.specification);
  const ready = typed.sku.trim() !== "" && typed.name.trim() !== "" && specification !== null;
  const wires = (name: keyof typeof typed) => ({
    value: typed[name],
    error: refusal?.errors.find(({ field }) => field.endsWith(`.${name}`))?.hint ?? undefined,
    onChange: (event: { target: { value: string } }) => setTyped({ ...typed, [name]: event.target.value }),
  });
  const keep = useAct({
    work: () => {
      const description = typed.description.trim() === "" ? null : typed.description.trim();
      const body = { sku: typed.sku.trim(), name: typed.name.trim(), description, specification };
      if (product === null) return post<ProductItem>("/campaign-products", body);
      return patch<ProductItem>(`/campaign-products/${product.id}`, body, { version: product.version });
    },
    refresh: [["/campaign-products"]],
    done: ({ name }) => t`${name} is kept`,
    refused: t`The product was not kept`,
    onDone: onClose,
    onRefused: setRefusal,
  });
  return (
    <Dialog open onClose={onClose} title={product === null ? <Trans>New product</Trans> : <Trans>Edit {product.name}</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) keep.mutate();
        }}
      >
        <div className="grid gap-13 sm:grid-cols-[144px_minmax(0,1fr)]">
          <TextField label={t`SKU`} autoFocus maxLength={200} {...wires("sku")} />
          <TextField label={t`Name`} maxLength={200} {...wires("name")} />
        </div>
        <TextArea label={t`Description`} optional={t`optional`} rows={3} maxLength={10_000} {...wires("description")} />
        <TextArea
          label={t`Specification`}
          optional={t`optional`}
          rows={4}
          hint={t`One line for each: what, a colon, the value. "Volume: 750 ml".`}
          {...wires("specification")}
          error={specification === null ? t`Each line needs a colon, and each name stands once` : wires("specification").error}
        />
        <FormRefusal message={refusal === null || refusal.errors.length > 0 ? undefined : refusal.said} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={keep.isPending} disabled={!ready}>
            <Trans>Keep</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
