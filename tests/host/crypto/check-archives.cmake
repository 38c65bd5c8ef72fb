# What must hold of the freestanding libraries: nothing undefined but NEEDED, no vector or x87 register anywhere.
# cmake -DARCHIVES=a;b -DNEEDED=symbol;symbol -DWORK=folder -DLD= -DNM= -DOBJDUMP= -P check-archives.cmake
execute_process(COMMAND ${LD} -r --whole-archive ${ARCHIVES} -o ${WORK} COMMAND_ERROR_IS_FATAL ANY)

execute_process(COMMAND ${NM} -u --format=just-symbols ${WORK} OUTPUT_VARIABLE undefined COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" undefined "${undefined}")
list(REMOVE_ITEM undefined ${NEEDED})
if(undefined)
    message(FATAL_ERROR "undefined symbols: ${undefined}")
endif()

execute_process(COMMAND ${OBJDUMP} -d --no-show-raw-insn ${WORK} OUTPUT_VARIABLE code COMMAND_ERROR_IS_FATAL ANY)
string(LENGTH "${code}" length)
if(length LESS 10000)
    message(FATAL_ERROR "no code found to look at")
endif()
if(code MATCHES "[^\n]*%([xyz]mm|mm[0-7]|st[^a-z])[^\n]*")
    message(FATAL_ERROR "uses the floating point unit: ${CMAKE_MATCH_0}")
endif()
