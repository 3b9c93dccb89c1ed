import {
  type AccountChange,
  invitationSeenSchema,
  type KeyCreate,
  keyCreatedSchema,
  memberInvitedSchema,
  type Role,
} from "@tailbone/protocol/access";
import { z } from "zod";
import { callApi } from "./client";

/** What the dashboard asks the hub of who may enter. All throw TailboneError. */

const done = z.object({});

export const changeAccount = (body: AccountChange) =>
  callApi(z.object({ email: z.string() }), "/me/account", { method: "POST", body });

export const endSession = (session: string) => callApi(done, `/me/sessions/${session}`, { method: "DELETE" });

export const endAllSessions = () => callApi(done, "/me/sessions", { method: "DELETE" });

export const createKey = (body: KeyCreate) => callApi(keyCreatedSchema, "/keys", { method: "POST", body });

export const revokeKey = (key: string) => callApi(done, `/keys/${key}`, { method: "DELETE" });

export const inviteMember = (body: { email: string; role: string }) =>
  callApi(memberInvitedSchema, "/members", { method: "POST", body });

export const changeRole = ({ id, role }: { id: string; role: Role }) =>
  callApi(done, `/members/${id}`, { method: "PATCH", body: { role } });

export const removeMember = (id: string) => callApi(done, `/members/${id}`, { method: "DELETE" });

export const withdrawInvitation = (id: string) => callApi(done, `/members/invitations/${id}`, { method: "DELETE" });

export const lookAtInvitation = (token: string) =>
  callApi(invitationSeenSchema, "/invitations/look", { method: "POST", body: { token } });

export const acceptInvitation = (body: {
  token: string;
  account?: { name: string; email: string; password: string };
}) => callApi(done, "/invitations/accept", { method: "POST", body });
