import * as z from "zod/mini";

export const onboardSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, { error: "Give it a name" }), z.maxLength(100)),
  slug: z.string().check(z.trim(), z.regex(/^[a-z0-9-]{0,63}$/, { error: "a-z, 0-9 and hyphens" })),
  account_id: z.string(),
  account_name: z.string().check(z.trim(), z.maxLength(100)),
  tier: z.enum(["free", "basic", "pro", "enterprise"]),
  environment: z.enum(["development", "staging", "production"]),
  app_kind: z.enum(["web", "mobile", "desktop", "api"]),
  placement: z.enum(["pooled", "dedicated"]),
  preset: z.enum(["gold", "green", "red", "blue", "grey"]),
  is_sandbox: z.boolean(),
  email: z.email({ error: "An e-mail address" }),
  display_name: z.string().check(z.trim(), z.minLength(1, { error: "Give a name" }), z.maxLength(100)),
  application_name: z.string().check(z.trim(), z.minLength(1, { error: "Give it a name" }), z.maxLength(100)),
});

export type OnboardValues = z.infer<typeof onboardSchema>;

export const noAccount = "none";
export const newAccount = "new";

/** What POST /admin/tenants takes. */
export function onboardBody(values: OnboardValues): Record<string, unknown> {
  const { account_id: account, account_name: accountName } = values;
  return {
    name: values.name,
    slug: values.slug === "" ? null : values.slug,
    account_id: account === noAccount || account === newAccount ? null : account,
    account: account === newAccount ? { name: accountName === "" ? values.name : accountName } : null,
    tier: values.tier,
    environment: values.environment,
    app_kind: values.app_kind,
    placement: values.placement,
    theme: { preset: values.preset },
    is_sandbox: values.is_sandbox,
    first_user: { email: values.email.trim(), display_name: values.display_name },
    application_name: values.application_name,
  };
}
