"""The built-in question types, one module each; the public interface is ``domain.assessment.question_types``."""
