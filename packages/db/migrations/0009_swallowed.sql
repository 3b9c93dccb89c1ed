ALTER TABLE "alert" ADD COLUMN "swallowed" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "swallowed_to" double precision;--> statement-breakpoint
ALTER TABLE "rule_state" ADD COLUMN "told_key" text;--> statement-breakpoint
ALTER TABLE "rule_state" ADD COLUMN "swallowed" jsonb;