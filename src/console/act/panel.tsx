export const Act = () => <p>Act</p>
