/** Vertebrae that get smaller, as a tailbone's do. */
export const Logo = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 20 20" className={className} aria-hidden fill="currentColor">
    <rect x="3" y="2" width="11" height="4" rx="2" />
    <rect x="6" y="7.5" width="8" height="3.6" rx="1.8" />
    <rect x="9.5" y="12.5" width="5.5" height="3" rx="1.5" />
    <rect x="13" y="16.8" width="3.2" height="2.2" rx="1.1" />
  </svg>
);
