/* One function for each group of trials; the Multiboot command line names the one to run. */
#pragma once

void trial_nmi(void);
void trial_apic(void);
void trial_mask(void);
void trial_exits(void);
void trial_shutdown(void);
void trial_init(void);

/* The same groups under VMX. */
void vmx_trial_nmi(void);
void vmx_trial_apic(void);
void vmx_trial_mask(void);
void vmx_trial_exits(void);
void vmx_trial_shutdown(void);
void vmx_trial_init(void);
