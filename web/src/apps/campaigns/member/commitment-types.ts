// Parts of a commitment as its member reads it.

/** What is asked of a member when the supplier accepts a part; the figures hold if everybody agrees. */
export interface Consent {
  units: number;
  unit_price_minor: number;
  amount_minor: number;
  back_minor: number;
  answer: string | null;
  answer_by: string;
}

/** Where every minor unit of what was taken into escrow is now; the parts sum to it. */
export interface Amounts {
  captured_minor: number;
  in_escrow_minor: number;
  held_apart_minor: number;
  going_back_minor: number;
  went_back_minor: number;
  released_minor: number;
  lost_minor: number;
}

export interface Move {
  at: string;
  kind: string;
  amount_minor: number;
  why: string;
  where_to: string;
  trigger: string;
}
