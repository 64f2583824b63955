// NVRTC without a device: sources were compiled before, so a program is its name, and its image says which it is.
// Included by driver.cpp.
#pragma once

struct Program {
  std::string name;
  std::string log;
};

EXPORT int nvrtcVersion(int* major, int* minor) {
  *major = 13;
  *minor = 0;
  return 0;
}

EXPORT int nvrtcGetNumSupportedArchs(int* count) {
  *count = 2;
  return 0;
}

EXPORT int nvrtcGetSupportedArchs(int* numbers) {
  numbers[0] = 75;
  numbers[1] = 90;
  return 0;
}

EXPORT int nvrtcCreateProgram(
    void** program, const char*, const char* name, int, const char* const*, const char* const*) {
  *program = new Program{name, ""};
  return 0;
}

EXPORT int nvrtcCompileProgram(void* program, int, const char* const*) {
  std::lock_guard<std::mutex> guard(lock);
  int status = failing("nvrtcCompileProgram");
  if (status != 0) {
    static_cast<Program*>(program)->log = "a log of the mock";
  }
  return status;
}

EXPORT int nvrtcDestroyProgram(void** program) {
  delete static_cast<Program*>(*program);
  *program = nullptr;
  return 0;
}

EXPORT int nvrtcGetProgramLogSize(void* program, size_t* bytes) {
  *bytes = static_cast<Program*>(program)->log.size() + 1;
  return 0;
}

EXPORT int nvrtcGetProgramLog(void* program, char* log) {
  std::strcpy(log, static_cast<Program*>(program)->log.c_str());
  return 0;
}

EXPORT int nvrtcGetCUBINSize(void* program, size_t* bytes) {
  *bytes = std::strlen(IMAGE) + static_cast<Program*>(program)->name.size() + 1;
  return 0;
}

EXPORT int nvrtcGetCUBIN(void* program, char* image) {
  std::strcpy(image, (IMAGE + static_cast<Program*>(program)->name).c_str());
  return 0;
}

EXPORT int nvrtcGetPTXSize(void* program, size_t* bytes) {
  return nvrtcGetCUBINSize(program, bytes);
}

EXPORT int nvrtcGetPTX(void* program, char* image) {
  return nvrtcGetCUBIN(program, image);
}

EXPORT const char* nvrtcGetErrorString(int) {
  return "NVRTC_ERROR_OF_THE_MOCK";
}
