CREATE TABLE "feature" (
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"name" text NOT NULL,
	"ordinal" integer NOT NULL,
	"layer" text,
	"settings" jsonb NOT NULL,
	"state" text NOT NULL,
	CONSTRAINT "feature_run_id_name_pk" PRIMARY KEY("run_id","name")
);
--> statement-breakpoint
CREATE TABLE "lifecycle_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"time_ms" double precision NOT NULL,
	"event" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reading" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reading_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"feature" text NOT NULL,
	"step" double precision NOT NULL,
	"time_ms" double precision NOT NULL,
	"reading" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_life" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"life" jsonb NOT NULL,
	"strips" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feature" ADD CONSTRAINT "feature_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifecycle_event" ADD CONSTRAINT "lifecycle_event_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reading" ADD CONSTRAINT "reading_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_life" ADD CONSTRAINT "run_life_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lifecycle_event_run" ON "lifecycle_event" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "reading_run_feature" ON "reading" USING btree ("run_id","feature","step");