import { i18n } from "@lingui/core";
import { compileMessage } from "./message";

// Source texts travel inside their own chunk; the compiler reads their plurals and placeholders.
i18n.setMessagesCompiler(compileMessage);
i18n.loadAndActivate({ locale: "en", messages: {} });

export { i18n };
