export const Verdicts = () => <p>Verdicts</p>
