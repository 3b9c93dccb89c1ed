CREATE TABLE "page_state" (
	"team_id" text NOT NULL,
	"project_id" uuid NOT NULL,
	"page" text NOT NULL,
	"revision" integer NOT NULL,
	"state" jsonb NOT NULL,
	"saved_by" text NOT NULL,
	"saved_at_ms" double precision NOT NULL,
	CONSTRAINT "page_state_team_id_project_id_page_pk" PRIMARY KEY("team_id","project_id","page")
);
--> statement-breakpoint
ALTER TABLE "page_state" ADD CONSTRAINT "page_state_team_id_organization_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "page_state" ADD CONSTRAINT "page_state_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;