CREATE TABLE "database_epoch" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"epoch" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "writer" ADD COLUMN "points_through" bigint DEFAULT 0;--> statement-breakpoint
INSERT INTO "database_epoch" ("epoch") VALUES (gen_random_uuid());
--> statement-breakpoint
UPDATE "writer" SET "points_through" = NULL WHERE "next_sequence" > 0;
