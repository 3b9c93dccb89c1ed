import Link from "next/link";
import { Button } from "../ui/button";

export default function NotFound() {
  return (
    <main className="mx-auto grid max-w-md gap-3 px-6 pt-[20vh]">
      <h1 className="font-semibold text-base">There is no such page.</h1>
      <p className="text-soft">The address may be mistyped, or what was here has been deleted.</p>
      <div>
        <Button asChild>
          <Link href="/projects">All projects</Link>
        </Button>
      </div>
    </main>
  );
}
