ALTER TABLE "run" ALTER COLUMN "config" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "project" ADD COLUMN "runs_made" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "number" integer;--> statement-breakpoint
UPDATE "run" SET "number" = "numbered"."number" FROM (
	SELECT "id", row_number() OVER (PARTITION BY "project_id" ORDER BY "created_at_ms", "id") AS "number" FROM "run"
) AS "numbered" WHERE "run"."id" = "numbered"."id";--> statement-breakpoint
UPDATE "project" SET "runs_made" = (SELECT count(*) FROM "run" WHERE "run"."project_id" = "project"."id");--> statement-breakpoint
ALTER TABLE "run" ALTER COLUMN "number" SET NOT NULL;
