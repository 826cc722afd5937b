export const Connections = () => <p>Connections</p>
