-- Every key of what a run holds begins with the run. What is there keeps its numbers, so that no row of points is written anew and a cursor
-- that somebody holds stays true; what comes later is numbered on from the highest that its run has.
ALTER TABLE "chunk" DROP CONSTRAINT "chunk_series_id_series_id_fk";--> statement-breakpoint
ALTER TABLE "chunk" DROP CONSTRAINT "chunk_series_id_ordinal_pk";--> statement-breakpoint
ALTER TABLE "delivery" DROP CONSTRAINT "delivery_alert_id_alert_id_fk";--> statement-breakpoint
ALTER TABLE "delivery" DROP CONSTRAINT "delivery_team_id_organization_id_fk";--> statement-breakpoint
ALTER TABLE "delivery" DROP CONSTRAINT "delivery_once";--> statement-breakpoint
ALTER TABLE "delivery" DROP CONSTRAINT "delivery_pkey";--> statement-breakpoint
ALTER TABLE "alert" DROP CONSTRAINT "alert_once";--> statement-breakpoint
ALTER TABLE "alert" DROP CONSTRAINT "alert_pkey";--> statement-breakpoint
ALTER TABLE "rule_state" DROP CONSTRAINT "rule_state_rule_id_run_id_subject_pk";--> statement-breakpoint
ALTER TABLE "series" DROP CONSTRAINT "series_pkey";--> statement-breakpoint
ALTER TABLE "checkpoint" DROP CONSTRAINT "checkpoint_pkey";--> statement-breakpoint
ALTER TABLE "console_line" DROP CONSTRAINT "console_line_pkey";--> statement-breakpoint
ALTER TABLE "reading" DROP CONSTRAINT "reading_pkey";--> statement-breakpoint
ALTER TABLE "lifecycle_event" DROP CONSTRAINT "lifecycle_event_pkey";--> statement-breakpoint
DROP INDEX "alert_run";--> statement-breakpoint
DROP INDEX "checkpoint_run_step";--> statement-breakpoint
DROP INDEX "console_line_run";--> statement-breakpoint
DROP INDEX "rule_state_run";--> statement-breakpoint
DROP INDEX "lifecycle_event_run";--> statement-breakpoint
DROP INDEX "reading_run_feature";--> statement-breakpoint
ALTER TABLE "series" ALTER COLUMN "id" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "checkpoint" ALTER COLUMN "id" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "console_line" ALTER COLUMN "id" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "reading" ALTER COLUMN "id" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "series" RENAME COLUMN "id" TO "number";--> statement-breakpoint
ALTER TABLE "checkpoint" RENAME COLUMN "id" TO "number";--> statement-breakpoint
ALTER TABLE "console_line" RENAME COLUMN "id" TO "number";--> statement-breakpoint
ALTER TABLE "reading" RENAME COLUMN "id" TO "number";--> statement-breakpoint
ALTER TABLE "chunk" RENAME COLUMN "series_id" TO "series";--> statement-breakpoint
ALTER TABLE "lifecycle_event" ADD COLUMN "number" bigint;--> statement-breakpoint
UPDATE "lifecycle_event" SET "number" = "numbered"."number" FROM (
	SELECT "id", row_number() OVER (PARTITION BY "run_id" ORDER BY "id") AS "number" FROM "lifecycle_event"
) AS "numbered" WHERE "lifecycle_event"."id" = "numbered"."id";--> statement-breakpoint
ALTER TABLE "lifecycle_event" ALTER COLUMN "number" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "delivery" ADD COLUMN "run_id" uuid;--> statement-breakpoint
UPDATE "delivery" SET "run_id" = "alert"."run_id" FROM "alert" WHERE "alert"."id" = "delivery"."alert_id";--> statement-breakpoint
ALTER TABLE "delivery" ALTER COLUMN "run_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "series" ADD CONSTRAINT "series_run_id_number_pk" PRIMARY KEY("run_id","number");--> statement-breakpoint
ALTER TABLE "chunk" ADD CONSTRAINT "chunk_run_id_series_ordinal_pk" PRIMARY KEY("run_id","series","ordinal");--> statement-breakpoint
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_run_id_step_number_pk" PRIMARY KEY("run_id","step","number");--> statement-breakpoint
ALTER TABLE "console_line" ADD CONSTRAINT "console_line_run_id_number_pk" PRIMARY KEY("run_id","number");--> statement-breakpoint
ALTER TABLE "reading" ADD CONSTRAINT "reading_run_id_feature_step_number_pk" PRIMARY KEY("run_id","feature","step","number");--> statement-breakpoint
ALTER TABLE "lifecycle_event" ADD CONSTRAINT "lifecycle_event_run_id_number_pk" PRIMARY KEY("run_id","number");--> statement-breakpoint
ALTER TABLE "rule_state" ADD CONSTRAINT "rule_state_run_id_rule_id_subject_pk" PRIMARY KEY("run_id","rule_id","subject");--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_run_id_id_pk" PRIMARY KEY("run_id","id");--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_once" UNIQUE("run_id","rule_id","key");--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_run_id_alert_id_channel_id_pk" PRIMARY KEY("run_id","alert_id","channel_id");--> statement-breakpoint
ALTER TABLE "chunk" ADD CONSTRAINT "chunk_run_id_series_series_run_id_number_fk" FOREIGN KEY ("run_id","series") REFERENCES "public"."series"("run_id","number") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_run_id_alert_id_alert_run_id_id_fk" FOREIGN KEY ("run_id","alert_id") REFERENCES "public"."alert"("run_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_team_id" ON "alert" USING btree ("team_id","id");--> statement-breakpoint
CREATE INDEX "alert_rule" ON "alert" USING btree ("rule_id");--> statement-breakpoint
CREATE INDEX "delivery_team_id" ON "delivery" USING btree ("team_id","id");--> statement-breakpoint
CREATE INDEX "rule_state_rule" ON "rule_state" USING btree ("rule_id");--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "series" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "numbers_given" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "run" SET
	"series" = (SELECT count(*) FROM "series" WHERE "series"."run_id" = "run"."id"),
	"numbers_given" = greatest(0,
		(SELECT max("number") FROM "series" WHERE "series"."run_id" = "run"."id"),
		(SELECT max("number") FROM "checkpoint" WHERE "checkpoint"."run_id" = "run"."id"),
		(SELECT max("number") FROM "console_line" WHERE "console_line"."run_id" = "run"."id"),
		(SELECT max("number") FROM "reading" WHERE "reading"."run_id" = "run"."id"),
		(SELECT max("number") FROM "lifecycle_event" WHERE "lifecycle_event"."run_id" = "run"."id"));
