/** The heading that says what is missing: also the reason why a draft cannot be submitted. */
export const missingTitle = "campaign-missing";
