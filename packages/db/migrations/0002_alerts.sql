CREATE TABLE "channel" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"name" text NOT NULL,
	"target" jsonb NOT NULL,
	"created_at_ms" double precision NOT NULL
);
--> statement-breakpoint
CREATE TABLE "delivery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"alert_id" uuid NOT NULL,
	"channel_id" uuid NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at_ms" double precision NOT NULL,
	"due_ms" double precision NOT NULL,
	"delivered_at_ms" double precision,
	"error" text,
	CONSTRAINT "delivery_once" UNIQUE("alert_id","channel_id")
);
--> statement-breakpoint
CREATE TABLE "rule" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"project_id" uuid,
	"name" text NOT NULL,
	"condition" jsonb NOT NULL,
	"level" text NOT NULL,
	"channels" uuid[] NOT NULL,
	"cooldown_ms" double precision NOT NULL,
	"enabled" boolean NOT NULL,
	"created_at_ms" double precision NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_state" (
	"rule_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"state" jsonb NOT NULL,
	CONSTRAINT "rule_state_rule_id_run_id_pk" PRIMARY KEY("rule_id","run_id")
);
--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "rule_id" uuid;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "kind" text DEFAULT 'script' NOT NULL;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "feature" text;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "after" double precision;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "by" double precision;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "evidence" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "path" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "read_at_ms" double precision;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "acknowledged_at_ms" double precision;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "acknowledged_by" text;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "snoozed_until_ms" double precision;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "assigned_to" text;--> statement-breakpoint
ALTER TABLE "channel" ADD CONSTRAINT "channel_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_alert_id_alert_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alert"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_channel_id_channel_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channel"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rule" ADD CONSTRAINT "rule_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rule" ADD CONSTRAINT "rule_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rule_state" ADD CONSTRAINT "rule_state_rule_id_rule_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."rule"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rule_state" ADD CONSTRAINT "rule_state_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "channel_team" ON "channel" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "delivery_due" ON "delivery" USING btree ("due_ms") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "delivery_team_time" ON "delivery" USING btree ("team_id","created_at_ms");--> statement-breakpoint
CREATE INDEX "rule_team" ON "rule" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "rule_state_run" ON "rule_state" USING btree ("run_id");--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_rule_id_rule_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."rule"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_assigned_to_user_id_fk" FOREIGN KEY ("assigned_to") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_unread" ON "alert" USING btree ("team_id") WHERE read_at_ms is null;--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_once" UNIQUE("rule_id","run_id","key");