import "./styles/app.css";
import { App } from "./app";

void new App().start();
