ALTER TABLE "rule_state" DROP CONSTRAINT "rule_state_rule_id_run_id_pk";--> statement-breakpoint
ALTER TABLE "rule_state" ADD COLUMN "subject" text;--> statement-breakpoint
ALTER TABLE "rule_state" ADD COLUMN "series" jsonb;--> statement-breakpoint
ALTER TABLE "rule_state" ADD COLUMN "told_ms" double precision;--> statement-breakpoint
-- One row for each subject that the one state of a rule and run held.
INSERT INTO "rule_state" ("rule_id", "run_id", "state", "subject", "series", "told_ms")
SELECT "rule_id", "run_id", '{}', one."subject",
  CASE WHEN one."subject" LIKE 'series:%' THEN "state" -> 'series' -> substr(one."subject", 8) END,
  ("state" -> 'toldMs' ->> one."subject")::double precision
FROM "rule_state" CROSS JOIN LATERAL (
  SELECT 'series:' || "name" AS "subject" FROM jsonb_object_keys("state" -> 'series') AS "name"
  UNION SELECT "name" FROM jsonb_object_keys("state" -> 'toldMs') AS "name"
) AS one;--> statement-breakpoint
DELETE FROM "rule_state" WHERE "subject" IS NULL;--> statement-breakpoint
ALTER TABLE "rule_state" ALTER COLUMN "subject" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "rule_state" DROP COLUMN "state";--> statement-breakpoint
ALTER TABLE "rule_state" ADD CONSTRAINT "rule_state_rule_id_run_id_subject_pk" PRIMARY KEY("rule_id","run_id","subject");
--> statement-breakpoint
ALTER TABLE "feature" ADD COLUMN "life" jsonb;--> statement-breakpoint
-- The life of each feature, out of the one value that held those of all.
UPDATE "feature" SET "life" = one."entry" -> 1
FROM "run_life" CROSS JOIN LATERAL jsonb_array_elements("run_life"."life" -> 'features') AS one ("entry")
WHERE "feature"."run_id" = "run_life"."run_id" AND "feature"."name" = one."entry" ->> 0;--> statement-breakpoint
ALTER TABLE "feature" ALTER COLUMN "life" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "run_life" DROP COLUMN "life";
