ALTER TABLE "alert" ADD COLUMN "feature" text;--> statement-breakpoint
ALTER TABLE "alert" ADD COLUMN "event_id" uuid;