CREATE TABLE "two_factor" (
	"id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"user_id" text NOT NULL,
	"verified" boolean DEFAULT true,
	"failed_verification_count" integer DEFAULT 0,
	"locked_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "security_event" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "security_event_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"team_id" text,
	"user_id" text,
	"who" text,
	"address" text,
	"agent" text,
	"action" text NOT NULL,
	"what" text NOT NULL,
	"times" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
DELETE FROM "apikey" WHERE "enabled" = false OR "reference_id" NOT IN (SELECT "id" FROM "organization");--> statement-breakpoint
UPDATE "apikey" SET "name" = 'key' WHERE "name" IS NULL;--> statement-breakpoint
ALTER TABLE "apikey" ALTER COLUMN "name" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "apikey" ADD COLUMN "scopes" text[];--> statement-breakpoint
-- What a key of old could do beside making keys.
UPDATE "apikey" SET "scopes" = '{admin}';--> statement-breakpoint
ALTER TABLE "apikey" ALTER COLUMN "scopes" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "apikey" ADD COLUMN "project_id" uuid;--> statement-breakpoint
ALTER TABLE "apikey" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "invitation" ADD COLUMN "token_hash" text;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "two_factor_enabled" boolean DEFAULT false;--> statement-breakpoint
ALTER TABLE "two_factor" ADD CONSTRAINT "two_factor_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "security_event" ADD CONSTRAINT "security_event_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "security_event" ADD CONSTRAINT "security_event_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "two_factor_user" ON "two_factor" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "security_event_team" ON "security_event" USING btree ("team_id","id");--> statement-breakpoint
CREATE INDEX "security_event_user" ON "security_event" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "security_event_at" ON "security_event" USING btree ("at");--> statement-breakpoint
ALTER TABLE "apikey" ADD CONSTRAINT "apikey_reference_id_organization_id_fk" FOREIGN KEY ("reference_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey" ADD CONSTRAINT "apikey_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey" ADD CONSTRAINT "apikey_created_by_user_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "config_id";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "prefix";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "refill_interval";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "refill_amount";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "last_refill_at";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "enabled";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "rate_limit_enabled";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "rate_limit_time_window";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "rate_limit_max";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "request_count";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "remaining";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "updated_at";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "permissions";--> statement-breakpoint
ALTER TABLE "apikey" DROP COLUMN "metadata";--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_token_hash_unique" UNIQUE("token_hash");