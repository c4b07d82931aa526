// What the dashboard route answers, held against the server by tests/api-drift.ts.

export interface DayFigures {
  on: string;
  commitments: number;
  units: number;
  amount_minor: number;
  kept_units: number;
}

export interface StageFigures {
  stage: "placed" | "held" | "allocated" | "settled" | "left";
  commitments: number;
  units: number;
  amount_minor: number;
}

export interface Dashboard {
  state: string;
  currency: string;
  time_zone: string;
  goal_units: number | null;
  deadline_at: string | null;
  read_at: string;
  first_on: string;
  today_on: string;
  days: DayFigures[];
  stages: StageFigures[];
  forecast: { units: number; low_units: number; high_units: number; days_used: number } | null;
}

export interface EscrowDays {
  currency: string;
  time_zone: string;
  days: { on: string; held_minor: number }[];
}
