// Send as an application of Node.js does: Nodemailer takes the whole transport from one variable.
const [, , variable, to, subject] = process.argv;

require("nodemailer")
  .createTransport(process.env[variable])
  .sendMail({ from: process.env.MAIL_FROM_ADDRESS, to, subject, text: "Hello." })
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
