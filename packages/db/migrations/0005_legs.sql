ALTER TABLE "chunk" ADD COLUMN "leg" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "series" ADD COLUMN "abandoned" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "series" ADD COLUMN "legs" double precision[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
-- An unsealed chunk is four numbers now; what is there is of the first leg, whoever wrote it.
UPDATE "series" SET "tail" = (
  SELECT array_agg(part.value ORDER BY place.first, part.column)
  FROM generate_series(1, cardinality("tail"), 3) AS place(first),
    LATERAL (VALUES (1, "tail"[place.first]), (2, "tail"[place.first + 1]), (3, "tail"[place.first + 2]), (4, 1)) AS part("column", value)
) WHERE cardinality("tail") > 0;--> statement-breakpoint
ALTER TABLE "writer" ADD COLUMN "leg" integer;--> statement-breakpoint
ALTER TABLE "writer" ADD COLUMN "started_at_ms" double precision;--> statement-breakpoint
ALTER TABLE "writer" ADD COLUMN "last_at_ms" double precision;--> statement-breakpoint
ALTER TABLE "writer" ADD COLUMN "config" json;--> statement-breakpoint
-- What the writers of a run have merged stays merged: their legs count as written at the same time.
UPDATE "writer" SET "leg" = known.leg, "started_at_ms" = known.opened_at_ms, "last_at_ms" = known.seen_at_ms, "config" = known.config
FROM (
  SELECT "writer".run_id, "writer".id, "writer".opened_at_ms, greatest("run".seen_at_ms, "writer".opened_at_ms) AS seen_at_ms, "run".config,
    row_number() OVER (PARTITION BY "writer".run_id ORDER BY "writer".opened_at_ms, "writer".id) AS leg
  FROM "writer" JOIN "run" ON "run".id = "writer".run_id
) AS known WHERE "writer".run_id = known.run_id AND "writer".id = known.id;--> statement-breakpoint
ALTER TABLE "writer" ALTER COLUMN "leg" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "writer" ALTER COLUMN "started_at_ms" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "writer" ALTER COLUMN "last_at_ms" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "writer" ALTER COLUMN "config" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "writer" ADD CONSTRAINT "writer_leg" UNIQUE("run_id","leg");
