// Updates, questions, notices and the log of messages, held against the server by tests/api-drift.ts.

export interface PublicUpdate {
  id: string;
  title: string;
  text: string;
  published_at: string;
}

export interface AnsweredQuestion {
  id: string;
  text: string;
  answer: string;
  answered_at: string;
}

export interface Talk {
  updates: PublicUpdate[];
  questions: AnsweredQuestion[];
}

export interface Question {
  id: string;
  text: string;
  answer: string | null;
  asked_at: string;
  answered_at: string | null;
  state: string;
  version: number;
}

export interface Notice {
  id: string;
  kind: string;
  state: string;
  what: string;
  why: string;
  worst_case: string;
  new_date_at: string;
  answer_by: string | null;
  requested_at: string;
  given_at: string | null;
  version: number;
}

export interface OwnNotice extends Notice {
  answer: "stay" | "leave" | null;
  /** By the server's clock and the commitment's state. */
  can_answer: boolean;
}

export interface ToldMessage {
  user_id: string;
  subject_id: string;
  step: string;
  ordinal: number;
  template: string;
  template_version: number;
  sent_at: string;
}
