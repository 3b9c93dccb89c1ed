CREATE TABLE "account" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "apikey" (
	"id" text PRIMARY KEY NOT NULL,
	"config_id" text DEFAULT 'default' NOT NULL,
	"name" text,
	"start" text,
	"reference_id" text NOT NULL,
	"prefix" text,
	"key" text NOT NULL,
	"refill_interval" integer,
	"refill_amount" integer,
	"last_refill_at" timestamp with time zone,
	"enabled" boolean DEFAULT true,
	"rate_limit_enabled" boolean DEFAULT true,
	"rate_limit_time_window" integer,
	"rate_limit_max" integer,
	"request_count" integer DEFAULT 0,
	"remaining" integer,
	"last_request" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"permissions" text,
	"metadata" text,
	CONSTRAINT "apikey_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "invitation" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"email" text NOT NULL,
	"role" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"inviter_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "member" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text DEFAULT 'member' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organization" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"logo" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"metadata" text,
	CONSTRAINT "organization_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"token" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"user_id" text NOT NULL,
	"active_organization_id" text,
	CONSTRAINT "session_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "verification" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"level" text NOT NULL,
	"step" double precision,
	"time_ms" double precision NOT NULL
);
--> statement-breakpoint
CREATE TABLE "checkpoint" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "checkpoint_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"step" double precision NOT NULL,
	"time_ms" double precision NOT NULL,
	"metrics" jsonb NOT NULL,
	"weights" jsonb
);
--> statement-breakpoint
CREATE TABLE "chunk" (
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"series_id" bigint NOT NULL,
	"ordinal" integer NOT NULL,
	"level" smallint NOT NULL,
	"count" bigint DEFAULT 0 NOT NULL,
	"nan" bigint DEFAULT 0 NOT NULL,
	"pos_inf" bigint DEFAULT 0 NOT NULL,
	"neg_inf" bigint DEFAULT 0 NOT NULL,
	"min" double precision NOT NULL,
	"max" double precision NOT NULL,
	"sum" double precision NOT NULL,
	"first" double precision NOT NULL,
	"last" double precision NOT NULL,
	"step_from" double precision NOT NULL,
	"step_to" double precision NOT NULL,
	"time_from" double precision NOT NULL,
	"time_to" double precision NOT NULL,
	"time_ordered" boolean NOT NULL,
	"points" "bytea" NOT NULL,
	"tiles" "bytea" NOT NULL,
	CONSTRAINT "chunk_series_id_ordinal_pk" PRIMARY KEY("series_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "console_line" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "console_line_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"time_ms" double precision NOT NULL,
	"stream" text NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deleted_run" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"deleted_at_ms" double precision NOT NULL
);
--> statement-breakpoint
CREATE TABLE "project" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at_ms" double precision NOT NULL,
	CONSTRAINT "project_team_name" UNIQUE("team_id","name")
);
--> statement-breakpoint
CREATE TABLE "run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"config" jsonb NOT NULL,
	"host" jsonb,
	"notes" text DEFAULT '' NOT NULL,
	"created_by" text NOT NULL,
	"created_at_ms" double precision NOT NULL,
	"started_at_ms" double precision NOT NULL,
	"seen_at_ms" double precision NOT NULL,
	"finished_at_ms" double precision,
	"total_steps" double precision,
	"last_step" double precision,
	"stream_offset" bigint DEFAULT 0 NOT NULL,
	"points" bigint DEFAULT 0 NOT NULL,
	"dropped_points" bigint DEFAULT 0 NOT NULL,
	"error" jsonb
);
--> statement-breakpoint
CREATE TABLE "series" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "series_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"name" text NOT NULL,
	"count" bigint DEFAULT 0 NOT NULL,
	"nan" bigint DEFAULT 0 NOT NULL,
	"pos_inf" bigint DEFAULT 0 NOT NULL,
	"neg_inf" bigint DEFAULT 0 NOT NULL,
	"min" double precision NOT NULL,
	"max" double precision NOT NULL,
	"sum" double precision NOT NULL,
	"first" double precision NOT NULL,
	"last" double precision NOT NULL,
	"step_from" double precision NOT NULL,
	"step_to" double precision NOT NULL,
	"time_from" double precision NOT NULL,
	"time_to" double precision NOT NULL,
	"next_ordinal" integer DEFAULT 0 NOT NULL,
	"tail" integer[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "series_run_name" UNIQUE("run_id","name")
);
--> statement-breakpoint
CREATE TABLE "writer" (
	"team_id" text NOT NULL,
	"run_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"next_sequence" bigint DEFAULT 0 NOT NULL,
	"opened_at_ms" double precision NOT NULL,
	"ended_at_ms" double precision,
	CONSTRAINT "writer_run_id_id_pk" PRIMARY KEY("run_id","id")
);
--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_inviter_id_user_id_fk" FOREIGN KEY ("inviter_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk" ADD CONSTRAINT "chunk_series_id_series_id_fk" FOREIGN KEY ("series_id") REFERENCES "public"."series"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "console_line" ADD CONSTRAINT "console_line_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deleted_run" ADD CONSTRAINT "deleted_run_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project" ADD CONSTRAINT "project_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run" ADD CONSTRAINT "run_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run" ADD CONSTRAINT "run_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "series" ADD CONSTRAINT "series_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "writer" ADD CONSTRAINT "writer_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "member_organization_user" ON "member" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "alert_team_time" ON "alert" USING btree ("team_id","time_ms");--> statement-breakpoint
CREATE INDEX "alert_run" ON "alert" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "checkpoint_run_step" ON "checkpoint" USING btree ("run_id","step");--> statement-breakpoint
CREATE INDEX "console_line_run" ON "console_line" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "run_team_project_created" ON "run" USING btree ("team_id","project_id","created_at_ms");--> statement-breakpoint
CREATE INDEX "run_running" ON "run" USING btree ("id") WHERE state = 'running';--> statement-breakpoint
-- Doubles hardly compress, and trying costs more than writing them.
ALTER TABLE "chunk" ALTER COLUMN "points" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "chunk" ALTER COLUMN "tiles" SET STORAGE EXTERNAL;--> statement-breakpoint
-- A run's head and its series are updated with every frame: room on the page keeps those updates away from the indexes.
ALTER TABLE "series" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "run" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "writer" SET (fillfactor = 70);
