// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/dialogs/connectionform.h"

#include "views/widgets/icons.h"
#include "views/widgets/theme.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int defaultConnectTimeout = int(ConnectionOptions().connectTimeout.count());
constexpr int maxSeconds = 86'400;

enum Column { FirstLabel, FirstField, SecondLabel, SecondField, ColumnCount };

int wholeSeconds(std::chrono::milliseconds duration)
{
    return int(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

/// The list item of a libpq word; words that are not given count as libpq's own default.
void selectWord(QComboBox *box, const QString &word, const QString &otherwise)
{
    box->setCurrentIndex(box->findData(word.isEmpty() ? otherwise : word));
}

/// Where the hidden secrets of parameters are: in what the URL line cannot show.
QList<DatabaseUrl::Parameter> hiddenParameters(const ConnectionFields &fields)
{
    const QList<DatabaseUrl::Parameter> shown = DatabaseUrl::forServer(fields.others).withoutSecrets().parameters();
    QList<DatabaseUrl::Parameter> hidden = fields.others;
    hidden.removeIf([&](const DatabaseUrl::Parameter &parameter) { return shown.contains(parameter); });
    return hidden;
}

} // namespace

SavedConnection ConnectionDraft::toSaved() const
{
    SavedConnection connection = saved;
    connection.url = fields.toUrl().withoutSecrets();
    connection.name = title();
    return connection;
}

ConnectionOptions ConnectionDraft::options() const
{
    ConnectionOptions options;
    options.readOnly = saved.readOnly;
    if (fields.connectTimeout)
        options.connectTimeout = std::chrono::seconds(*fields.connectTimeout);
    return options;
}

QString ConnectionDraft::title() const
{
    if (!saved.name.trimmed().isEmpty())
        return saved.name.trimmed();
    const QString ofPlace = place();
    return ofPlace.isEmpty() ? ConnectionForm::tr("New connection") : ofPlace;
}

QString ConnectionDraft::place() const
{
    if (fields.database.isEmpty() && fields.hosts.isEmpty())
        return {};
    return (fields.user.isEmpty() ? QString() : fields.user + u'@') + fields.hosts + (fields.database.isEmpty() ? QString() : u'/' + fields.database);
}

ConnectionForm::ConnectionForm(QWidget *parent) : QWidget(parent), m_grid(new QGridLayout(this))
{
    setObjectName(u"connectionForm"_s);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(metrics::space3);
    m_grid->setVerticalSpacing(metrics::space2);
    m_grid->setColumnStretch(FirstField, 3);
    m_grid->setColumnStretch(SecondField, 2);

    m_name = addLine(u"connectionName"_s, tr("&Name"), tr("Name of the connection"), 0, FirstLabel, 3);
    m_name->setPlaceholderText(tr("Without a name it is used once and not saved"));
    m_url = addLine(u"connectionUrl"_s, tr("&URL"), tr("URL of the database"), 1, FirstLabel, 3);
    m_url->setPlaceholderText(u"postgresql://user@host:5432/database"_s);
    m_url->setFont(fixedFont());
    addProblem(ConnectionField::Url, m_url, 2, FirstField, 3);
    m_grid->setRowMinimumHeight(3, metrics::space2);
    m_hosts = addLine(u"connectionHosts"_s, tr("&Host"), tr("Host, or several with commas"), 4, FirstLabel, 1);
    m_hosts->setPlaceholderText(tr("localhost, or one:5432,two:5432"));
    m_port = addLine(u"connectionPort"_s, tr("P&ort"), tr("Port"), 4, SecondLabel, 1);
    m_port->setPlaceholderText(u"5432"_s);
    addProblem(ConnectionField::Hosts, m_hosts, 5, FirstField, 1);
    addProblem(ConnectionField::Port, m_port, 5, SecondField, 1);
    m_database = addLine(u"connectionDatabase"_s, tr("&Database"), tr("Database"), 6, FirstLabel, 1);
    m_user = addLine(u"connectionUser"_s, tr("Us&er"), tr("User"), 6, SecondLabel, 1);
    m_user->setPlaceholderText(tr("as on this computer"));
    addProblem(ConnectionField::Database, m_database, 7, FirstField, 1);
    buildPassword(8);
    buildEncryption(10);
    m_readOnly = new QCheckBox(tr("&Read only: nothing in the database can be changed"), this);
    m_readOnly->setObjectName(u"readOnly"_s);
    m_readOnly->setAccessibleName(tr("Open read-only"));
    m_grid->addWidget(m_readOnly, 12, FirstField, 1, 3);
    buildMore(13);
    buildBehaviour();
    applyColors();
    setDraft({});
}

QLineEdit *ConnectionForm::addLine(const QString &name, const QString &label, const QString &accessibleName, int row, int column, int span)
{
    auto *line = new QLineEdit(this);
    line->setObjectName(name);
    line->setAccessibleName(accessibleName);
    line->setTextMargins(metrics::space1, 0, metrics::space1, 0);
    auto *caption = new QLabel(label, this);
    caption->setBuddy(line);
    m_grid->addWidget(caption, row, column, Qt::AlignRight | Qt::AlignVCenter);
    m_grid->addWidget(line, row, column + 1, 1, span);
    return line;
}

void ConnectionForm::addProblem(ConnectionField field, QWidget *editor, int row, int column, int span)
{
    Problem problem;
    problem.editor = static_cast<QLineEdit *>(editor);
    problem.mark = problem.editor->addAction(QIcon(), QLineEdit::TrailingPosition);
    problem.mark->setVisible(false);
    problem.label = new QLabel(this);
    problem.label->setObjectName(editor->objectName() + u"Problem"_s);
    problem.label->setTextFormat(Qt::PlainText);
    problem.label->setWordWrap(true);
    problem.label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    problem.label->hide();
    m_grid->addWidget(problem.label, row, column, 1, span);
    m_problems.emplace(field, problem);
}

void ConnectionForm::buildPassword(int row)
{
    m_password = addLine(u"connectionPassword"_s, tr("&Password"), tr("Password"), row, FirstLabel, 1);
    m_password->setEchoMode(QLineEdit::Password);
    auto *side = new QHBoxLayout;
    side->setSpacing(metrics::space3);
    m_showPassword = new QToolButton(this);
    m_showPassword->setObjectName(u"showPassword"_s);
    m_showPassword->setText(tr("Sho&w"));
    m_showPassword->setAccessibleName(tr("Show the password"));
    m_showPassword->setCheckable(true);
    m_showPassword->setAutoRaise(true);
    m_keepPassword = new QCheckBox(tr("&Keep in the keyring"), this);
    m_keepPassword->setObjectName(u"keepPassword"_s);
    m_keepPassword->setAccessibleName(tr("Keep the password in the keyring"));
    side->addWidget(m_showPassword);
    side->addWidget(m_keepPassword);
    side->addStretch(1);
    m_grid->addLayout(side, row, SecondLabel, 1, 2);
    m_passwordNote = new QLabel(this);
    m_passwordNote->setObjectName(u"passwordNote"_s);
    m_passwordNote->setTextFormat(Qt::PlainText);
    m_passwordNote->setWordWrap(true);
    m_passwordNote->hide();
    m_grid->addWidget(m_passwordNote, row + 1, FirstField, 1, 3);
}

void ConnectionForm::buildEncryption(int row)
{
    m_sslMode = new QComboBox(this);
    m_sslMode->setObjectName(u"sslMode"_s);
    m_sslMode->setAccessibleName(tr("SSL mode"));
    const std::array meanings{tr("never encrypted"),  tr("encrypted if required"),  tr("encrypted if possible"),
                              tr("always encrypted"), tr("checks the certificate"), tr("checks the host as well")};
    for (qsizetype i = 0; i < ConnectionFields::sslModes().size(); ++i)
        m_sslMode->addItem(ConnectionFields::sslModes()[i] + u" · "_s + meanings[static_cast<size_t>(i)], ConnectionFields::sslModes()[i]);
    m_sslMode->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_sslMode->setMinimumContentsLength(12);
    auto *caption = new QLabel(tr("SS&L mode"), this);
    caption->setBuddy(m_sslMode);
    m_grid->addWidget(caption, row, FirstLabel, Qt::AlignRight | Qt::AlignVCenter);
    m_grid->addWidget(m_sslMode, row, FirstField);

    m_rootCertificate = new QLineEdit(this);
    m_rootCertificate->setObjectName(u"rootCertificate"_s);
    m_rootCertificate->setAccessibleName(tr("File of the root certificate"));
    m_rootCertificate->setPlaceholderText(tr("the usual file"));
    m_rootCertificate->setTextMargins(metrics::space1, 0, metrics::space1, 0);
    auto *choose = new QToolButton(this);
    choose->setObjectName(u"chooseRootCertificate"_s);
    choose->setText(u"…"_s);
    choose->setAccessibleName(tr("Choose the file of the root certificate"));
    choose->setAutoRaise(true);
    connect(choose, &QToolButton::clicked, this, &ConnectionForm::chooseRootCertificate);
    auto *certificateCaption = new QLabel(tr("Root certi&ficate"), this);
    certificateCaption->setBuddy(m_rootCertificate);
    m_grid->addWidget(certificateCaption, row, SecondLabel, Qt::AlignRight | Qt::AlignVCenter);
    auto *side = new QHBoxLayout;
    side->setSpacing(metrics::space1);
    side->addWidget(m_rootCertificate, 1);
    side->addWidget(choose);
    m_grid->addLayout(side, row, SecondField);
}

QSpinBox *ConnectionForm::addNumber(QGridLayout *grid, const QString &name, const QString &label, const QString &accessibleName, int row, int column)
{
    auto *box = new QSpinBox(m_moreFields);
    box->setObjectName(name);
    box->setAccessibleName(accessibleName);
    auto *caption = new QLabel(label, m_moreFields);
    caption->setBuddy(box);
    grid->addWidget(caption, row, column, Qt::AlignRight | Qt::AlignVCenter);
    grid->addWidget(box, row, column + 1);
    return box;
}

void ConnectionForm::buildMore(int row)
{
    m_more = new QToolButton(this);
    m_more->setObjectName(u"moreSettings"_s);
    m_more->setText(tr("&More settings"));
    m_more->setAccessibleName(tr("More settings"));
    m_more->setCheckable(true);
    m_more->setAutoRaise(true);
    m_more->setArrowType(Qt::RightArrow);
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_grid->addWidget(m_more, row, FirstField, 1, 3, Qt::AlignLeft);
    m_moreFields = new QWidget(this);
    m_moreFields->hide();
    auto *grid = new QGridLayout(m_moreFields);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(metrics::space3);
    grid->setVerticalSpacing(metrics::space2);
    grid->setColumnStretch(FirstField, 1);
    grid->setColumnStretch(SecondField, 1);
    m_targetSession = new QComboBox(m_moreFields);
    m_targetSession->setObjectName(u"targetSession"_s);
    m_targetSession->setAccessibleName(tr("Which of several hosts"));
    const std::array meanings{tr("the first that answers"), tr("one that can be written"), tr("one that only reads"),
                              tr("the primary"),            tr("a standby"),               tr("a standby, else any")};
    for (qsizetype i = 0; i < ConnectionFields::targetSessions().size(); ++i)
        m_targetSession->addItem(meanings[static_cast<size_t>(i)], ConnectionFields::targetSessions()[i]);
    auto *caption = new QLabel(tr("Of several hosts"), m_moreFields);
    caption->setBuddy(m_targetSession);
    grid->addWidget(caption, 0, FirstLabel, Qt::AlignRight | Qt::AlignVCenter);
    grid->addWidget(m_targetSession, 0, FirstField);
    m_connectTimeout = addNumber(grid, u"connectTimeout"_s, tr("Wait for the server"), tr("How long to wait for the server"), 0, SecondLabel);
    m_connectTimeout->setRange(0, ConnectionFields::maxConnectTimeout);
    m_connectTimeout->setSpecialValueText(tr("for ever"));
    m_poolSize = addNumber(grid, u"poolSize"_s, tr("Connections kept"), tr("Connections kept open"), 1, FirstLabel);
    m_poolSize->setRange(1, 100);
    m_poolOverflow = addNumber(grid, u"poolOverflow"_s, tr("More when busy"), tr("More connections when busy"), 1, SecondLabel);
    m_poolOverflow->setRange(0, 100);
    m_poolTimeout = addNumber(grid, u"poolTimeout"_s, tr("Wait for a free one"), tr("How long to wait for a free connection"), 2, FirstLabel);
    m_poolTimeout->setRange(1, maxSeconds);
    m_poolRecycle = addNumber(grid, u"poolRecycle"_s, tr("Replace after"), tr("Age at which a connection is replaced"), 2, SecondLabel);
    m_poolRecycle->setRange(0, maxSeconds);
    m_poolRecycle->setSpecialValueText(tr("never"));
    for (QSpinBox *box : {m_connectTimeout, m_poolTimeout, m_poolRecycle})
        box->setSuffix(tr(" s", "seconds"));
    m_grid->addWidget(m_moreFields, row + 1, FirstField, 1, 3);
    m_grid->setRowStretch(row + 2, 1);
}

void ConnectionForm::buildBehaviour()
{
    connect(m_url, &QLineEdit::textChanged, this, &ConnectionForm::readUrl);
    connect(m_url, &QLineEdit::editingFinished, this, [this] {
        if (m_urlProblem.isEmpty())
            fillUrl();
    });
    const auto onEdit = [this](QLineEdit *line, ConnectionField field) {
        connect(line, &QLineEdit::textChanged, this, [this, field] {
            if (!m_isFilling)
                m_touched.insert(field);
            readFields();
        });
    };
    onEdit(m_hosts, ConnectionField::Hosts);
    onEdit(m_port, ConnectionField::Port);
    onEdit(m_database, ConnectionField::Database);
    for (QLineEdit *line : {m_name, m_user, m_password, m_rootCertificate})
        connect(line, &QLineEdit::textChanged, this, &ConnectionForm::readFields);
    for (QComboBox *box : {m_sslMode, m_targetSession})
        connect(box, &QComboBox::currentIndexChanged, this, &ConnectionForm::readFields);
    for (QSpinBox *box : {m_connectTimeout, m_poolSize, m_poolOverflow, m_poolTimeout, m_poolRecycle})
        connect(box, &QSpinBox::valueChanged, this, &ConnectionForm::readFields);
    for (QCheckBox *box : {m_keepPassword, m_readOnly})
        connect(box, &QCheckBox::toggled, this, &ConnectionForm::readFields);
    connect(m_showPassword, &QToolButton::toggled, this,
            [this](bool isShown) { m_password->setEchoMode(isShown ? QLineEdit::Normal : QLineEdit::Password); });
    connect(m_more, &QToolButton::toggled, this, [this](bool isOpen) {
        m_more->setArrowType(isOpen ? Qt::DownArrow : Qt::RightArrow);
        m_moreFields->setVisible(isOpen);
    });
}

void ConnectionForm::chooseRootCertificate()
{
    auto *chooser = new QFileDialog(this, tr("Choose root certificate"));
    chooser->setObjectName(u"rootCertificateDialog"_s);
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setFileMode(QFileDialog::ExistingFile);
    chooser->setNameFilters({tr("Certificates (*.pem *.crt *.cer)"), tr("All files (*)")});
    chooser->setLabelText(QFileDialog::Accept, tr("Choose"));
    connect(chooser, &QFileDialog::fileSelected, m_rootCertificate, &QLineEdit::setText);
    chooser->open();
}

void ConnectionForm::setDraft(const ConnectionDraft &draft)
{
    m_draft = draft;
    m_urlProblem.clear();
    m_touched.clear();
    m_showPassword->setChecked(false);
    setPasswordNote({});
    fill();
    fillUrl();
    showProblems();
}

void ConnectionForm::setPassword(const QString &password)
{
    m_draft.fields.password = password;
    fill();
}

void ConnectionForm::setPasswordNote(const QString &note)
{
    m_passwordNote->setText(note);
    m_passwordNote->setVisible(!note.isEmpty());
}

bool ConnectionForm::check()
{
    if (m_urlProblem.isEmpty())
        fillUrl(); // a password that was typed there goes
    for (const auto &[field, problem] : m_problems)
        m_touched.insert(field);
    showProblems();
    for (const auto &[field, problem] : m_problems) {
        if (problem.label->isHidden())
            continue;
        problem.editor->setFocus();
        return false;
    }
    return true;
}

/// The URL was typed: what it says goes to the fields.
void ConnectionForm::readUrl()
{
    if (m_isFilling)
        return;
    m_touched.insert(ConnectionField::Url);
    Result<ConnectionFields> fields = ConnectionFields::fromText(m_url->text());
    m_urlProblem = fields ? QString() : fields.error().message;
    if (fields) {
        if (fields->password.isEmpty())
            fields->password = m_draft.fields.password;
        for (const auto &hidden : hiddenParameters(m_draft.fields))
            if (std::none_of(fields->others.cbegin(), fields->others.cend(), [&](const auto &other) { return other.first == hidden.first; }))
                fields->others.append(hidden);
        m_draft.fields = *fields;
        fill();
    }
    showProblems();
    emit edited();
}

/// A field was changed: the URL follows.
void ConnectionForm::readFields()
{
    if (m_isFilling)
        return;
    SavedConnection &saved = m_draft.saved;
    saved.name = m_name->text();
    saved.readOnly = m_readOnly->isChecked();
    saved.keepsPassword = m_keepPassword->isChecked();
    saved.pool.size = m_poolSize->value();
    saved.pool.overflow = m_poolOverflow->value();
    if (m_poolTimeout->value() != wholeSeconds(saved.pool.acquireTimeout)) // else it keeps its milliseconds
        saved.pool.acquireTimeout = std::chrono::seconds(m_poolTimeout->value());
    saved.pool.recycle = std::chrono::seconds(m_poolRecycle->value());
    ConnectionFields fields = m_draft.fields;
    fields.hosts = m_hosts->text().trimmed();
    fields.port = m_port->text().trimmed();
    fields.database = m_database->text();
    fields.user = m_user->text();
    fields.password = m_password->text();
    fields.rootCertificate = m_rootCertificate->text();
    // What the URL does not say stays unsaid as long as it is libpq's default.
    const auto word = [](const QComboBox *box, const QString &before, QLatin1StringView otherwise) {
        const QString chosen = box->currentData().toString();
        return before.isEmpty() && chosen == otherwise ? QString() : chosen;
    };
    fields.sslMode = word(m_sslMode, fields.sslMode, "prefer"_L1);
    fields.targetSession = word(m_targetSession, fields.targetSession, "any"_L1);
    if (fields.connectTimeout || m_connectTimeout->value() != defaultConnectTimeout)
        fields.connectTimeout = m_connectTimeout->value();
    const bool urlChanges = !(fields == m_draft.fields);
    m_draft.fields = fields;
    if (urlChanges) {
        m_urlProblem.clear();
        fillUrl();
    }
    showProblems();
    emit edited();
}

void ConnectionForm::fill()
{
    const bool before = std::exchange(m_isFilling, true);
    const ConnectionFields &fields = m_draft.fields;
    const SavedConnection &saved = m_draft.saved;
    const auto setText = [](QLineEdit *line, const QString &text) {
        if (line->text() == text)
            return;
        line->setText(text);
        line->setCursorPosition(0); // a long text shows its beginning
    };
    setText(m_name, saved.name);
    setText(m_hosts, fields.hosts);
    setText(m_port, fields.port);
    setText(m_database, fields.database);
    setText(m_user, fields.user);
    setText(m_password, fields.password);
    setText(m_rootCertificate, fields.rootCertificate);
    selectWord(m_sslMode, fields.sslMode, u"prefer"_s);
    selectWord(m_targetSession, fields.targetSession, u"any"_s);
    m_connectTimeout->setValue(fields.connectTimeout.value_or(defaultConnectTimeout));
    m_keepPassword->setChecked(saved.keepsPassword);
    m_readOnly->setChecked(saved.readOnly);
    m_poolSize->setValue(saved.pool.size);
    m_poolOverflow->setValue(saved.pool.overflow);
    m_poolTimeout->setValue(wholeSeconds(saved.pool.acquireTimeout));
    m_poolRecycle->setValue(int(saved.pool.recycle.count()));
    m_isFilling = before;
}

void ConnectionForm::fillUrl()
{
    const bool before = std::exchange(m_isFilling, true);
    const bool isBlank = m_draft.fields.hosts.isEmpty() && m_draft.fields.port.isEmpty() && m_draft.fields.database.isEmpty()
        && m_draft.fields.user.isEmpty() && m_draft.fields.others.isEmpty();
    const QString text = isBlank ? QString() : m_draft.fields.toUrl().displayText();
    if (m_url->text() != text) {
        m_url->setText(text);
        m_url->setCursorPosition(0);
    }
    m_isFilling = before;
}

void ConnectionForm::showProblems()
{
    std::map<ConnectionField, QString> messages;
    if (!m_urlProblem.isEmpty())
        messages.emplace(ConnectionField::Url, m_urlProblem);
    else
        for (const FieldProblem &problem : m_draft.fields.problems())
            messages.emplace(m_problems.contains(problem.field) ? problem.field : ConnectionField::Url, problem.message);
    for (const auto &[field, problem] : m_problems) {
        const auto found = messages.find(field);
        const QString text = found == messages.end() || !m_touched.contains(field) ? QString() : found->second;
        problem.label->setText(text);
        problem.label->setVisible(!text.isEmpty());
        problem.mark->setVisible(!text.isEmpty());
        problem.mark->setToolTip(text);
        problem.editor->setAccessibleDescription(text);
    }
}

void ConnectionForm::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        applyColors();
    QWidget::changeEvent(event);
}

void ConnectionForm::applyColors()
{
    const Tokens &tokens = Tokens::of(palette());
    const auto tint = [](QWidget *widget, const QColor &color) {
        QPalette colors;
        colors.setColor(QPalette::WindowText, color);
        widget->setPalette(colors);
        widget->setFont(sizedFont(widget->font(), metrics::captionPx));
    };
    for (const auto &[field, problem] : m_problems) {
        tint(problem.label, tokens.bad);
        problem.mark->setIcon(themedIcon(u"warning"_s, tokens.bad));
    }
    tint(m_passwordNote, tokens.muted);
}

} // namespace turnstone
