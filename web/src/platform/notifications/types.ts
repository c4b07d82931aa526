// The log of mails, held against the server by tests/api-drift.ts.

export type Delivery = "at_once" | "daily" | "off";

/** One kind of mail there is a choice about, and what one has chosen. */
export interface MailPreference {
  kind: string;
  title: string;
  description: string;
  delivery: Delivery;
}

export interface LoggedMail {
  id: string;
  recipient_id: string | null;
  template: string;
  template_version: number;
  locale: string;
  state: string;
  created_at: string;
  sent_at: string | null;
  attempts: number;
  last_outcome: string | null;
  last_smtp_code: number | null;
}
