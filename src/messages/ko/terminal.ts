import type { Sentences } from "./sentences.ts";

/** What the terminal itself says: marks before a line, progress, questions. */
export const terminalKo: Sentences = {
  "Warning:": "경고:",
  "Error:": "오류:",
  "Interrupted.": "중단되었습니다.",
  "Run the same command again: it goes on where it stopped.": "같은 명령을 다시 실행하세요. 멈춘 곳부터 이어집니다.",
  "Stopping after what is under way … press Ctrl-C again to stop at once.": "진행 중인 작업을 마치고 멈춥니다 … 바로 멈추려면 Ctrl-C를 한 번 더 누르세요.",
  "{0} of {1} ({2} %)": "{1} 중 {0} ({2} %)",
  "{0} left": "{0} 남음",
  "{0} in {1}": "{0}, {1} 걸림",
  "{0} s": "{0}초",
  "{0} min": "{0}분",
  "{0} h {1} min": "{0}시간 {1}분",
  "You must answer with \"{0}\" or \"{1}\"": "\"{0}\" 또는 \"{1}\"로 답하세요",
  "Yes": "예",
  "No": "아니요",
  "y/N": "y 예 / N 아니요",
  "navigate": "이동",
  "select": "선택",
  "Interrupted at a question; nothing was changed by it.": "질문에 답하지 않고 중단했습니다. 이 질문으로 바뀐 것은 없습니다.",
  "Run the same command again.": "같은 명령을 다시 실행하세요.",
};
