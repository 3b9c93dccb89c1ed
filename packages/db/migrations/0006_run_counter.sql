CREATE TABLE "run_counter" (
	"team_id" text PRIMARY KEY NOT NULL,
	"made" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "run_counter" ADD CONSTRAINT "run_counter_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project" DROP COLUMN "runs_made";--> statement-breakpoint
UPDATE "run" SET "number" = "numbered"."number" FROM (
	SELECT "id", row_number() OVER (PARTITION BY "team_id" ORDER BY "created_at_ms", "id") AS "number" FROM "run"
) AS "numbered" WHERE "run"."id" = "numbered"."id";--> statement-breakpoint
INSERT INTO "run_counter" ("team_id", "made") SELECT "team_id", count(*) FROM "run" GROUP BY "team_id";
