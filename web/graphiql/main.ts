import "./page.css";

const root = document.getElementById("root")!;

// Loaded on demand, so that the loading text shows before the editor and its styles arrive.
import("./app").then(
  ({ mount }) => mount(root),
  (error: unknown) => {
    console.error(error);
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.setAttribute("role", "alert");
    notice.textContent = "GraphiQL could not be loaded. Reload the page to try again.";
    root.replaceChildren(notice);
  },
);
