import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { zoneHere } from "@/kernel/time";
import { Button } from "@/ui/button";
import { FormRefusal, TextArea, TextField } from "@/ui/field";

import type { CampaignValues } from "./form-schema";
import { lockOf, type Locked } from "./locked-fields";

// What chooses from a list, and what few campaigns have, comes after the form: the page is seen sooner.
const PictureField = lazy(() => import("./picture-field").then((file) => ({ default: file.PictureField })));
const SupplierField = lazy(() => import("./supplier-field").then((file) => ({ default: file.SupplierField })));
const FundingField = lazy(() => import("./funding-field").then((file) => ({ default: file.FundingField })));
const DeliveryField = lazy(() => import("./delivery-field").then((file) => ({ default: file.DeliveryField })));

const TiersField = lazy(() => import("./tiers-field").then((file) => ({ default: file.TiersField })));
const ProductField = lazy(() => import("./product-field").then((file) => ({ default: file.ProductField })));
const SharingFields = lazy(() => import("./sharing-fields").then((file) => ({ default: file.SharingFields })));
const MilestonesField = lazy(() => import("./milestones-field").then((file) => ({ default: file.MilestonesField })));
const PointField = lazy(() => import("./point-field").then((file) => ({ default: file.PointField })));

interface CampaignFormProps {
  form: UseFormReturn<CampaignValues>;
  /** Why a field cannot be changed now, by the form's own names. */
  locked?: Locked;
  onSave: () => void;
  onLeave: () => void;
}

/** What must be there before a campaign can be submitted; the goal in either of its two fields. */
const needed = new Set<keyof CampaignValues>([
  "title", "product_name", "product_sku", "unit_price", "min_units", "max_units", "deadline_at", "supplier_name",
]);

interface RoomProps {
  children: ReactNode;
  tall?: boolean;
  /** The field that a link can lead to before it is here. */
  of?: keyof CampaignValues;
}

/** Keeps the room of one field while it is on its way. */
function Room({ children, tall = false, of }: RoomProps) {
  return (
    <div data-field={of} tabIndex={of === undefined ? undefined : -1}>
      <Suspense fallback={<div className={tall ? "h-144" : "h-89"} />}>{children}</Suspense>
    </div>
  );
}

/** A link to one field (#deadline_at) leads to it. */
function useLinkedField(): void {
  const name = useLocation({ select: ({ hash }) => hash });
  useEffect(() => {
    if (!/^[a-z_]+$/.test(name)) return;
    const field = document.querySelector<HTMLElement>(`form [name="${name}"], form [data-field="${name}"]`);
    field?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  }, [name]);
}

function Part({ title, hint, children }: { title: ReactNode; hint: ReactNode; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-13 border-b border-line py-34 first:pt-0 last:border-0 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)] md:gap-34">
      <div>
        <h2 className="text-16 font-semibold">{title}</h2>
        <p className="label mt-3">{hint}</p>
      </div>
      <div className="flex flex-col gap-21">{children}</div>
    </section>
  );
}

export function CampaignForm({ form, locked = {}, onSave, onLeave }: CampaignFormProps) {
  useLinkedField();
  const { errors, isSubmitting } = form.formState;
  const [strategy, amount] = useWatch({ control: form.control, name: ["delivery_strategy", "goal_amount"] });
  const wire = (name: keyof CampaignValues) => ({
    ...form.register(name),
    needed: needed.has(name),
    error: errors[name]?.message,
    ...lockOf(locked, name),
  });
  const zone = zoneHere();
  return (
    <form
      noValidate
      className="max-w-1000"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <p className="label mb-21">
        <Trans>What is marked * is needed before the campaign can be submitted.</Trans>
      </p>
      <Part title={<Trans>What it is</Trans>} hint={<Trans>Locked once published: title, product, code.</Trans>}>
        <TextField label={t`Title`} autoFocus {...wire("title")} />
        <TextArea label={t`Summary`} {...wire("summary")} />
        <Suspense>
          <ProductField form={form} locked={locked} />
        </Suspense>
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField label={t`Product`} {...wire("product_name")} />
          <TextField label={t`Product code (SKU)`} {...wire("product_sku")} />
        </div>
        <TextArea label={t`Specification`} rows={5} {...wire("product_description")} />
        <Room tall of="picture_url">
          <PictureField form={form} locked={locked} />
        </Room>
      </Part>
      <Part title={<Trans>Goal and price</Trans>} hint={<Trans>The goal counts escrowed money only. Members lock the unit price; a ladder can only end below it.</Trans>}>
        <div className="grid grid-cols-[89px_minmax(0,1fr)] gap-13">
          <TextField label={t`Currency`} maxLength={3} {...wire("currency")} />
          <TextField label={t`Unit price`} inputMode="decimal" {...wire("unit_price")} />
        </div>
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField label={t`Goal in units`} inputMode="numeric" {...wire("goal_units")} needed={amount === ""} />
          <TextField
            label={t`Goal as an amount`}
            optional={t`optional`}
            inputMode="decimal"
            hint={t`With both, both must be reached.`}
            {...wire("goal_amount")}
          />
          <TextField label={t`Most units in all`} optional={t`optional`} inputMode="numeric" {...wire("cap_units")} />
          <TextField label={t`Least units a member`} inputMode="numeric" {...wire("min_units")} />
          <TextField label={t`Most units a member`} inputMode="numeric" {...wire("max_units")} />
        </div>
        <Suspense>
          <TiersField form={form} locked={locked} />
        </Suspense>
        <Room>
          <FundingField form={form} locked={locked} />
        </Room>
      </Part>
      <Part title={<Trans>Dates</Trans>} hint={<Trans>Entered in your time zone, {zone}; 1 to 60 days ahead.</Trans>}>
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField label={t`Opens`} optional={t`optional`} type="datetime-local" {...wire("opens_at")} />
          <TextField label={t`Deadline`} type="datetime-local" {...wire("deadline_at")} />
          <TextField
            label={t`Zone that members read it in`}
            hint={t`A region and a city, as computers name time zones: Europe/Berlin.`}
            {...wire("time_zone")}
          />
        </div>
      </Part>
      <Part title={<Trans>Supplier and delivery</Trans>} hint={<Trans>Members never see the supplier&rsquo;s price.</Trans>}>
        <Room of="supplier_id">
          <SupplierField form={form} locked={locked} />
        </Room>
        <TextField label={t`Supplier’s name on the page`} {...wire("supplier_name")} />
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField label={t`Supplier’s unit price`} inputMode="decimal" {...wire("supplier_unit_price")} />
          <TextField label={t`Days to decide`} inputMode="numeric" {...wire("supplier_window_days")} />
        </div>
        <Suspense>
          <SharingFields form={form} locked={locked} />
        </Suspense>
        <Room of="delivery_strategy">
          <DeliveryField form={form} locked={locked} />
        </Room>
        {strategy === "bulk_to_consolidation" && (
          <Suspense>
            <PointField form={form} locked={locked} />
          </Suspense>
        )}
      </Part>
      <Part
        title={<Trans>Shares before the inspection</Trans>}
        hint={<Trans>Only where the organisation&rsquo;s rules allow them. Each is named in the terms and in the join step.</Trans>}
      >
        <Suspense>
          <MilestonesField form={form} locked={locked} />
        </Suspense>
      </Part>
      <div className="sticky bottom-0 -mx-13 flex flex-wrap items-center justify-end gap-8 border-t border-line bg-ground px-13 py-13">
        <div className="mr-auto">
          <FormRefusal message={errors.root?.message} />
        </div>
        <Button size="normal" onClick={onLeave}>
          <Trans>Leave</Trans>
        </Button>
        <Button tone="primary" size="normal" type="submit" busy={isSubmitting}>
          <Trans>Save</Trans>
        </Button>
      </div>
    </form>
  );
}
