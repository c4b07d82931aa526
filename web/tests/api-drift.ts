// Compiled, never run: what the server says it answers must be what the page reads. A field the page
// reads that the server renamed, dropped or made nullable is an error of `npm run typecheck`.
import type * as amcAlerts from "@/apps/amc/alerts/types";
import type * as amcBoards from "@/apps/amc/boards/types";
import type * as amcCatalogue from "@/apps/amc/catalogue/types";
import type * as amcCheck from "@/apps/amc/editor/check-types";
import type * as amcCollections from "@/apps/amc/collections/types";
import type * as amcRecurring from "@/apps/amc/recurring/types";
import type * as amcResults from "@/apps/amc/results/result-types";
import type * as amc from "@/apps/amc/types";
import type * as dashboard from "@/apps/campaigns/organiser/dashboard-types";
import type * as issues from "@/apps/campaigns/issues/types";
import type * as delivery from "@/apps/campaigns/member/delivery-types";
import type * as milestones from "@/apps/campaigns/milestones/types";
import type * as proposals from "@/apps/campaigns/proposals/types";
import type * as campaignHistory from "@/apps/campaigns/organiser/history-types";
import type * as review from "@/apps/campaigns/organiser/in-review";
import type * as products from "@/apps/campaigns/organiser/product-types";
import type * as locks from "@/apps/campaigns/organiser/locked-fields";
import type * as desk from "@/apps/campaigns/desk/types";
import type * as supplier from "@/apps/campaigns/supplier/types";
import type * as talk from "@/apps/campaigns/talk-types";
import type * as campaigns from "@/apps/campaigns/types";
import type * as page from "@/kernel/api-types";
import type * as approvals from "@/platform/approvals/types";
import type * as mail from "@/platform/notifications/types";
import type * as payments from "@/platform/payments/types";
import type * as analytics from "@/platform/console/analytics/types";
import type * as security from "@/platform/console/security/types";
import type * as status from "@/platform/console/status-types";
import type * as operator from "@/platform/console/types";

import type { components } from "./generated/openapi";

type Server = components["schemas"];

/** The page narrows some texts to the values it knows; both sides are compared with those widened. */
type Wide<Value> = Value extends string
  ? string
  : Value extends readonly (infer Item)[]
    ? Wide<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Wide<Value[Key]> }
      : Value;

/** Declared so that passing the server's shape where the page's is wanted is checked. */
declare function reads<Page>(answer: Wide<Page>): void;
declare function answers<Name extends keyof Server>(name: Name): Wide<Server[Name]>;

export function drift(): void {
  reads<page.Me>(answers("Me"));
  reads<Omit<page.SignedIn, "mfa_required" | "token_type" | "return_to">>(answers("SignedIn"));
  reads<Omit<page.MfaNeeded, "mfa_required">>(answers("MfaRequired"));
  reads<page.DeviceSession>(answers("Device"));
  reads<page.Passkey>(answers("Passkey"));
  reads<page.Confirmation>(answers("Confirmation"));
  reads<page.Member>(answers("MemberItem"));
  reads<page.Invitation>(answers("InvitationItem"));
  reads<page.Role>(answers("RoleItem"));
  reads<page.Permission>(answers("PermissionItem"));
  reads<page.Organisation>(answers("metatron__platform__tenancy__schemas__Organisation"));
  reads<page.Application>(answers("ApplicationItem"));
  reads<page.ApiKey>(answers("ApiKeyItem"));
  reads<page.Mail>(answers("MailboxMail"));
  reads<page.EventEntry>(answers("TimelineItem"));
  reads<status.Status>(answers("Status"));
  reads<status.DatabaseState>(answers("DatabaseState"));
  reads<status.Queues>(answers("QueueList"));
  reads<status.MaintenanceWindow>(answers("MaintenanceWindow"));
  reads<status.AlertChannel>(answers("AlertChannel"));
  reads<status.AlertRule>(answers("AlertRuleItem"));
  reads<status.Alert>(answers("Alert"));
  reads<operator.Account>(answers("AccountItem"));
  reads<operator.TenantRecord>(answers("TenantItem"));
  reads<operator.AttendedMember>(answers("AttendedMember"));
  reads<operator.AttendedKey>(answers("AttendedKey"));
  reads<operator.Usage>(answers("Usage"));
  reads<page.ModuleSwitch>(answers("ModuleItem"));
  reads<operator.Onboarding>(answers("OnboardingItem"));
  reads<operator.OnboardingRecord>(answers("OnboardingDetail"));
  reads<operator.Operator>(answers("OperatorItem"));
  reads<operator.Access>(answers("AccessItem"));
  reads<operator.FoundUser>(answers("UserItem"));
  reads<analytics.TrafficDay>(answers("Day"));
  reads<analytics.CallReport>(answers("CallReport"));
  reads<security.Security>(answers("Security"));
  reads<operator.AttendedDevice>(answers("AttendedDevice"));
  reads<operator.AuditEntry>(answers("AuditItem"));
  reads<operator.SealStatus>(answers("SealStatus"));
  reads<operator.VerifyReport>(answers("VerifyReport"));
  reads<operator.Job>(answers("DeadJob"));
  reads<operator.RoleOverview>(answers("RoleOverview"));
  reads<operator.Config>(answers("ConfigurationState"));
  reads<operator.ConfigChange>(answers("SettingDifference"));
  reads<operator.ConfigVersion>(answers("ConfigurationVersion"));
  reads<operator.DeprecatedRoute>(answers("DeprecatedRoute"));
  reads<operator.Setting>(answers("SettingItem"));
  reads<page.AuditEntry>(answers("AuditItem"));
  reads<page.SealStatus>(answers("SealStatus"));
  reads<page.Clock>(answers("Clock"));
  reads<approvals.Concern>(answers("ConcernAnswer"));
  reads<campaigns.Issue>(answers("ListedIssueAnswer"));
  reads<campaigns.CampaignSettings>(answers("CampaignSettingsAnswer"));
  reads<review.Reviewers>(answers("ReviewersAnswer"));
  reads<campaigns.Campaign>(answers("CampaignAnswer"));
  reads<campaigns.PublicCampaign>(answers("PublicCampaignAnswer"));
  reads<campaigns.Commitment>(answers("CommitmentAnswer"));
  reads<campaigns.OrganiserCommitment>(answers("CampaignCommitmentAnswer"));
  reads<campaigns.Books>(answers("BooksAnswer"));
  reads<campaigns.HistoryStep>(answers("HistoryAnswer"));
  reads<campaignHistory.CampaignHistoryStep>(answers("CampaignHistoryAnswer"));
  reads<campaigns.ConsolidationPoint>(answers("PointAnswer"));
  reads<approvals.Approval>(answers("ApprovalAnswer"));
  reads<approvals.WaitingRecord>(answers("WaitingRecord"));
  reads<talk.Talk>(answers("TalkAnswer"));
  reads<talk.Question>(answers("QuestionShown"));
  reads<talk.PublicUpdate>(answers("UpdateShown"));
  reads<talk.Notice>(answers("NoticeShown"));
  reads<talk.OwnNotice>(answers("OwnNoticeShown"));
  reads<talk.ToldMessage>(answers("MessageShown"));
  reads<dashboard.Dashboard>(answers("DashboardAnswer"));
  reads<approvals.ApprovalSettings>(answers("SettingsAnswer"));
  reads<desk.DeskException>(answers("ExceptionShown"));
  reads<desk.ExceptionRecord>(answers("ExceptionDetail"));
  reads<desk.Refund>(answers("ListedRefundAnswer"));
  reads<desk.CardDispute>(answers("ListedDispute"));
  reads<desk.Payout>(answers("ListedPayout"));
  reads<desk.DisputeRate>(answers("DisputeRateShown"));
  reads<desk.Coverage>(answers("CoverageAnswer"));
  reads<desk.BulkPreview>(answers("BulkPreviewAnswer"));
  reads<desk.WaitingRequest>(answers("ApprovalAnswer"));
  reads<payments.Break>(answers("BreakView"));
  reads<payments.Statement>(answers("StatementView"));
  reads<payments.StatementLine>(answers("LineView"));
  reads<payments.ImportResult>(answers("ImportAnswer"));
  reads<payments.Instruction>(answers("InstructionView"));
  reads<payments.InstructionDetail>(answers("InstructionDetail"));
  reads<mail.LoggedMail>(answers("MessageRow"));
  reads<proposals.Proposal>(answers("ListedProposal"));
  reads<supplier.OwedBack>(answers("ListedClaim"));
  reads<desk.SupplierClaim>(answers("ListedClaim"));
  reads<supplier.SupplierPayout>(answers("SupplierPayout"));
  reads<delivery.OwnDelivery>(answers("OwnDeliveryAnswer"));
  reads<delivery.OwnMilestones>(answers("OwnMilestonesAnswer"));
  reads<issues.OwnIssues>(answers("OwnIssuesAnswer"));
  reads<{ items: issues.SuppliedIssue[] }>(answers("SuppliedIssuesAnswer"));
  reads<milestones.Milestone>(answers("MilestoneShown"));
  reads<products.ProductItem>(answers("ItemAnswer"));
  reads<locks.LockedField>(answers("LockedField"));
  reads<campaigns.SupplierCampaign>(answers("SupplierCampaignAnswer"));
  reads<amc.Connection>(answers("ConnectionAnswer"));
  reads<amc.Client>(answers("InstanceAnswer"));
  reads<amc.WorkflowItem>(answers("WorkflowSummary"));
  reads<amc.Home>(answers("HomeAnswer"));
  reads<amc.RunItem>(answers("RunSummary"));
  reads<amc.GuideItem>(answers("GuideSummary"));
  reads<amc.WindowPreview>(answers("WindowAnswer"));
  reads<amc.WorkflowDiff>(answers("DiffAnswer"));
  reads<Omit<amcRecurring.Schedule, "kind" | "window" | "values">>(answers("ScheduleAnswer"));
  reads<amcRecurring.Firing>(answers("FiringAnswer"));
  reads<amcRecurring.SchedulePreview>(answers("PreviewAnswer"));
  reads<Omit<amcAlerts.Alert, "condition" | "channels">>(answers("AlertAnswer"));
  reads<amcCatalogue.Product>(answers("AsinAnswer"));
  reads<amcCatalogue.AdCampaign>(answers("AdCampaignAnswer"));
  reads<amcCatalogue.Brand>(answers("BrandAnswer"));
  reads<amcCatalogue.CatalogueImport>(answers("CatalogueImportAnswer"));
  reads<Omit<amcCatalogue.Mapping, "brands">>(answers("MappingAnswer"));
  reads<amcCheck.Checked>(answers("CheckAnswer"));
  reads<amcCheck.Schema>(answers("SchemaAnswer"));
  reads<amcCheck.Completion>(answers("CompleteAnswer"));
  reads<amcCollections.Collection>(answers("CollectionAnswer"));
  reads<amcCollections.Segment>(answers("SegmentAnswer"));
  reads<amcBoards.Board>(answers("BoardAnswer"));
  reads<amcBoards.Figures>(answers("FiguresAnswer"));
  reads<amcBoards.Snapshot>(answers("SnapshotAnswer"));
  reads<amcBoards.NewSnapshot>(answers("NewSnapshotAnswer"));
  reads<amcBoards.SharedSnapshot>(answers("SharedSnapshotAnswer"));
  reads<Omit<amcResults.Comparison, "rows">>(answers("CompareAnswer"));
}
