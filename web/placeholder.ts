export const title = 'Narthex';
